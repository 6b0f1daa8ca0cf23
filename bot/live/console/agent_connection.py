"""One agent's console: handles its frames. The transport only carries texts to and fro."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.core.case import REASONS
from bot.core.errors import StoreUnavailable
from bot.core.triage import PRIORITIES
from bot.live.case_actions import NotCaseOwner
from bot.live.console.agent_subscription import AgentSubscription
from bot.live.console.case_access import reach
from bot.live.console.commands import ConsoleCommands
from bot.live.console.console_client import ConsoleClient
from bot.live.console.console_hub import ConsoleHub
from bot.live.console.frames import LONGEST_REASON, PROTOCOL, TIERS, ConsoleRequest, parse
from bot.live.console.serializers import entry_row, names_of, person
from bot.live.frames import Frame, FrameError, dump
from bot.live.gateway import FILE_TYPES
from bot.live.visitor_connection import too_fast
from bot.live.visitor_subscription import PAGE, RETRY_SECONDS
from bot.ports import AgentAccount
from bot.services.ticket_fields import LIMITS

logger = logging.getLogger(__name__)

MOST_OPEN = 50
SIGNED_OUT = 4401
# Frames that may come before `hello`.
FIRST = ("hello", "ping")


class AgentConnection(ConsoleClient):
    """A console of the hub. `push` takes a frame's text and must not block; `still` gives the account of the session,
    `None` when it has ended; `over` then gets the code to close the socket with."""

    def __init__(
        self, hub: ConsoleHub, account: AgentAccount, csrf: str, push: Callable[[str], None],
        still: Callable[[], Awaitable[AgentAccount | None]], over: asyncio.Future[int],
    ) -> None:
        self._hub, self._account, self._csrf, self._push = hub, account, csrf, push
        self._still, self._over = still, over
        self._commands = ConsoleCommands(hub)
        self._subscriptions: dict[str, AgentSubscription] = {}
        # The last text of each type for `show`; `None` before `hello` and after the end.
        self._shown: dict[str, str] | None = None
        self._own: dict[str, Callable[[ConsoleRequest], Awaitable[Frame]]] = {
            "hello": self._hello, "presence": self._presence, "open": self._open, "shut": self._shut,
            "history": self._history, "ping": self._ping,
        }

    @property
    def account(self) -> AgentAccount:
        """The signed-in agent as in the snapshot, for an account may change while its console is open."""
        snapshot = self._hub.snapshot
        return snapshot.agents.get(self._account.id, self._account) if snapshot else self._account

    @property
    def has_begun(self) -> bool:
        """Always true, for the agent has signed in before."""
        return True

    async def receive(self, raw: str | bytes) -> None:
        """Handle one frame; a wrong one is answered with an `error`."""
        try:
            asked = parse(raw, self._hub.gateway.settings.max_message_length)
        except FrameError as error:
            self.send(self._refused(error))
            return
        try:
            answer = await self._do(asked)
        except FrameError as error:
            answer = self._refused(error)
        self.send({"type": "done", **answer, "request": asked.request})

    def close(self) -> None:
        """The console is gone."""
        for conversation_id in tuple(self._subscriptions):
            self._unsubscribe(conversation_id)
        self._shown = None
        self._hub.leave(self)

    def show(self, type_: str, text: str) -> None:
        if self._shown is not None and self._shown.get(type_) != text:
            self._shown[type_] = text
            self._push(text)

    def send(self, frame: Frame) -> None:
        self._push(dump(frame))

    async def check(self) -> bool:
        account = await self._still()
        self._account = account or self._account
        return account is not None

    def end(self) -> None:
        self.close()
        if not self._over.done():
            self._over.set_result(SIGNED_OUT)

    def _refused(self, error: FrameError) -> Frame:
        self._hub.gateway.refused.frame(error.code, f"agent {self._account.id}")
        return error.frame()

    async def _do(self, asked: ConsoleRequest) -> Frame:
        client_id = asked.values.get("client_id")
        try:
            if asked.type not in FIRST and self._shown is None:
                raise FrameError("no_session", "say hello first", client_id=client_id)
            if asked.type != "ping" and (wait := self._hub.gateway.rates.read(f"agent {self._account.id}")):
                raise too_fast(wait, client_id)
            if asked.type in self._own:
                return await self._own[asked.type](asked)
            return await self._commands.steps[asked.type](self.account, asked)
        except FrameError:
            raise
        except NotCaseOwner as error:
            raise FrameError("not_case_owner", str(error), client_id=client_id) from error
        except StoreUnavailable as error:
            problem: Exception = error
            detail = "the database did not answer"
        except Exception as error:  # the edge: one frame that breaks must not end the connection
            logger.exception("A frame of the console could not be handled.")
            problem, detail = error, "something broke in the gateway"
        raise FrameError("unavailable", detail, client_id=client_id, retry_after=RETRY_SECONDS) from problem

    async def _hello(self, _asked: ConsoleRequest) -> Frame:
        hub, id_ = self._hub, self._account.id
        account = (await hub.ready()).agents.get(id_, self._account)
        # An agent who was offline is online now; one who was away stays away.
        presence = "online" if account.presence == "offline" else account.presence
        await asyncio.to_thread(hub.agents.seen, id_, presence)
        facts = await asyncio.to_thread(hub.facts.load)
        hub.join(self)
        frames, settings = hub.frames(account), hub.gateway.settings
        self._shown = {name: dump(frame) for name, frame in frames.items()}
        return {
            **{name: {key: value for key, value in frame.items() if key != "type"} for name, frame in frames.items()},
            "type": "welcome", "protocol": PROTOCOL, "agent": person(account, presence), "csrf": self._csrf,
            "canned": [vars(canned) for canned in hub.canned], "reasons": [reason.value for reason in REASONS],
            "tiers": list(TIERS), "priorities": list(PRIORITIES), "labels": names_of(facts),
            "limits": {
                "text": settings.max_message_length, "note": settings.max_message_length, "reason": LONGEST_REASON,
                "file_bytes": settings.max_file_bytes, "file_types": list(FILE_TYPES),
                "ticket": {name: {"min": least, "max": most} for name, (least, most) in LIMITS.items()},
            },
        }

    async def _presence(self, asked: ConsoleRequest) -> Frame:
        await asyncio.to_thread(self._hub.agents.seen, self._account.id, asked.values["presence"])
        self._hub.refresh()
        return {}

    async def _open(self, asked: ConsoleRequest) -> Frame:
        conversation_id = asked.conversation_id
        self._unsubscribe(conversation_id)
        if len(self._subscriptions) >= MOST_OPEN:
            raise FrameError("at_capacity", f"{MOST_OPEN} conversations at once, and no more")
        subscription = self._subscriptions[conversation_id] = AgentSubscription(
            self._hub.gateway, conversation_id, lambda: self.account, self._push, self._hub.now,
            lambda: self._unsubscribe(conversation_id))
        self._hub.subscribe(conversation_id, subscription)
        try:
            await subscription.open(asked.values["after"])
        except BaseException:  # cancelled, too: nobody looks any more
            self._unsubscribe(conversation_id)
            raise
        return {}

    async def _shut(self, asked: ConsoleRequest) -> Frame:
        self._unsubscribe(asked.conversation_id)
        return {}

    async def _history(self, asked: ConsoleRequest) -> Frame:
        if asked.conversation_id not in self._subscriptions:
            raise FrameError("unknown", "open the conversation first")
        await asyncio.to_thread(reach, self._hub.gateway.cases, self.account, asked.conversation_id)
        entries = await asyncio.to_thread(
            self._hub.gateway.conversations.entries, asked.conversation_id, before=asked.values["before"], limit=PAGE)
        return {"conversation": asked.conversation_id, "entries": [entry_row(entry) for entry in entries],
                "more": bool(entries) and entries[0].seq > 1}

    async def _ping(self, _asked: ConsoleRequest) -> Frame:
        return {"type": "pong"}

    def _unsubscribe(self, conversation_id: str) -> None:
        if subscription := self._subscriptions.pop(conversation_id, None):
            self._hub.unsubscribe(conversation_id, subscription)
            subscription.close()
