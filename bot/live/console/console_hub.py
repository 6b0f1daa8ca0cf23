"""The hub of the consoles: what each agent is shown of the desk, and what rings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timezone

from bot.adapters.canned_answers import Canned
from bot.core.case import CaseState
from bot.core.case_access import fits, is_leader
from bot.core.conversation import Author, Changed, Kind
from bot.core.errors import StoreUnavailable
from bot.live.console.agent_subscription import RETRY_SECONDS, AgentSubscription
from bot.live.console.console_client import ConsoleClient
from bot.live.console.queue_snapshot import QueueSnapshot
from bot.live.console.snapshot_loader import SnapshotLoader
from bot.live.console.unread import UnreadCounter
from bot.live.frames import Frame, dump
from bot.live.gateway import Gateway
from bot.ports import AgentAccount, Agents, Case, FactsStore
from bot.ports.personal_data import Erasure

logger = logging.getLogger(__name__)

# What an agent sees is pushed no more often than this.
PUSH_SECONDS = 0.2
_SAYS = (Kind.TEXT, Kind.FILE, Kind.TICKET)


class ConsoleHub:
    """All consoles of this process. `run` goes on for ever."""

    def __init__(
        self, gateway: Gateway, agents: Agents, facts: FactsStore, canned: tuple[Canned, ...],
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.gateway, self.agents, self.facts, self.canned, self.now = gateway, agents, facts, canned, now
        self._reader = SnapshotLoader(gateway.cases, agents, lambda: self.now())
        self._screens: set[ConsoleClient] = set()
        self._looks: dict[str, set[AgentSubscription]] = {}
        self._talks: dict[str, UnreadCounter] = {}
        # Who has just lost a conversation that the board, read before, still gives them.
        self._lost: dict[str, str] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._nudge, self._reading = asyncio.Event(), asyncio.Lock()
        gateway.log_writer.listeners.append(self._changed)
        gateway.log_writer.on_uncertain_commit.append(self._resync)
        gateway.pubsub.listeners.append(self._told)
        gateway.bells.append(self.ring_late)
        gateway.mourners.append(self._erased)

    def join(self, screen: ConsoleClient) -> None:
        """A console is open; its agent may be new, and has a presence now."""
        self._screens.add(screen)
        self.refresh()

    def leave(self, screen: ConsoleClient) -> None:
        """A console is gone."""
        self._screens.discard(screen)
        self._nudge.set()

    @property
    def board(self) -> QueueSnapshot | None:
        """As read last; `None` before the first time."""
        return self._reader.board

    @property
    def screens(self) -> tuple[ConsoleClient, ...]:
        """The open consoles."""
        return tuple(self._screens)

    def there(self) -> set[str]:
        """The agents who have a console open."""
        return {screen.account.id for screen in self._screens}

    def look(self, conversation_id: str, look: AgentSubscription) -> None:
        """Tell `look` of the conversation from now on."""
        self._looks.setdefault(conversation_id, set()).add(look)

    def look_away(self, conversation_id: str, look: AgentSubscription) -> None:
        """Tell it no more."""
        looks = self._looks.get(conversation_id, set())
        looks.discard(look)
        if not looks:
            self._looks.pop(conversation_id, None)

    def lock(self, agent: str) -> asyncio.Lock:
        """Held while an agent takes a case, so that two of their consoles don't take more than they can."""
        return self._locks.setdefault(agent, asyncio.Lock())

    def refresh(self) -> None:
        """Read the board anew, soon."""
        self._reader.refresh()
        self._nudge.set()

    def saw(self, agent: str, conversation_id: str, seq: int) -> None:
        """The agent has read one of their conversations up to here."""
        talk = self._talks.get(conversation_id)
        if talk and talk.holder == agent:
            talk.saw(seq)
            self._nudge.set()

    def ring(self, agent: str, kind: str, conversation_id: str, **more: str | None) -> None:
        """Something that the agent should hear of now, wherever their console is open."""
        for screen in self.screens:
            if screen.account.id == agent:
                screen.send({"type": "alert", "kind": kind, "conversation": conversation_id, **more})

    def ring_late(self, case: Case) -> int:
        """A clock of the case warns or has run out: ring for whoever has it, for everybody who is online and could take
        it while it waits, and for the leads. How many agents who are online heard it."""
        heard = set()
        for screen in self.screens:
            account = screen.account
            if is_leader(account) or (
                    account.id == case.agent if case.state is CaseState.TAKEN
                    else account.presence == "online" and fits(account, case)):
                screen.send(
                    {"type": "alert", "kind": "late", "conversation": case.conversation_id, "case": case.number}
                )
                if account.presence == "online":
                    heard.add(account.id)
        return len(heard)

    def frames(self, account: AgentAccount) -> Mapping[str, Frame]:
        """What an agent is shown of the board, by type; once it was read."""
        assert self.board is not None, "the board was read"
        return {"queue": self.board.queue(account), "mine": self._mine(self.board, account.id),
                "team": self.board.team(self.there())}

    async def ready(self) -> QueueSnapshot:
        """The board; read now, if it never was. Raises `StoreUnavailable`."""
        if self.board is None:
            await self._read()
        assert self.board is not None, "just read"
        return self.board

    async def run(self) -> None:
        """Show what changed, for ever."""
        while True:
            self._nudge.clear()
            try:
                await self._read()
                self._push()
            except StoreUnavailable:
                logger.warning("The board could not be read; the next round tries again.")
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:  # the edge: the rounds go on
                logger.exception("The board could not be shown.")
            await asyncio.sleep(PUSH_SECONDS)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._nudge.wait(), self._reader.wait())

    async def _read(self) -> None:
        async with self._reading:
            await self._read_alone()

    async def _read_alone(self) -> None:
        before = self.board
        whole = await self._reader.read()
        after = self.board
        if after is None or after is before:
            return
        await self._listen(after)
        if before is None:
            return
        if whole:
            self._ring_for_new(before, after)
        new_scope = _scopes(before) != _scopes(after)
        for conversation_id, looks in self._looks.items():
            if new_scope or before.cases.get(conversation_id) != after.cases.get(conversation_id):
                for look in looks:
                    look.resync()

    async def _listen(self, board: QueueSnapshot) -> None:
        """Have the newest entries of every conversation that somebody has; a change that comes meanwhile is added."""
        held = {case.conversation_id: agent for agent, cases in board.held.items() for case in cases}
        self._talks = {name: talk for name, talk in self._talks.items() if held.get(name) == talk.holder}
        self._lost = {name: agent for name, agent in self._lost.items() if held.get(name) == agent}
        for conversation_id, holder in held.items():
            if conversation_id not in self._talks and conversation_id not in self._lost:
                talk = self._talks[conversation_id] = UnreadCounter(holder)
                try:
                    talk.add(await asyncio.to_thread(self.gateway.conversations.entries, conversation_id, limit=50))
                except StoreUnavailable:
                    del self._talks[conversation_id]
                    raise

    def _push(self) -> None:
        """To each console what is new for it; what is the same for several is made once."""
        if self.board is None:
            return
        team = self.board.team(self.there())
        told, queues = dump(team), dict[object, str]()
        for screen in self.screens:
            account = screen.account
            alike = self.board.like(account)
            if alike not in queues:
                queues[alike] = self.board.queue_text(account)
            screen.show("queue", queues[alike])
            screen.show("mine", dump(self._mine(self.board, account.id)))
            screen.show("team", told)
        for looks in self._looks.values():
            for look in tuple(looks):
                look.look_round()

    def _mine(self, board: QueueSnapshot, agent: str) -> Frame:
        talks = self._talks
        return {"type": "mine", "cases": [
            {**board.row(case), **(talks.get(case.conversation_id) or UnreadCounter(agent)).summary()}
            for case in board.held.get(agent, ())
        ]}

    def _ring_for_new(self, before: QueueSnapshot, board: QueueSnapshot) -> None:
        """One ring a console, however many cases have come at once."""
        known = {(case.id, case.tier, case.kept_for) for case in before.waiting}
        new = [case for case in board.waiting if (case.id, case.tier, case.kept_for) not in known]
        for screen in self.screens if new else ():
            account = screen.account
            kept = next((case for case in new if case.kept_for == account.id), None)
            fit = next((case for case in new if case.kept_for is None and fits(account, case)), None)
            if kept:
                screen.send({"type": "alert", "kind": "reserved_for_you", "conversation": kept.conversation_id})
            elif fit and account.presence == "online":
                screen.send({"type": "alert", "kind": "new_case", "conversation": fit.conversation_id})

    def _changed(self, changed: Changed) -> None:
        """A listener of the journal."""
        conversation = changed.conversation
        for look in tuple(self._looks.get(conversation.id, ())):
            look.changed(changed)
        if self._reader.follow(changed):
            self._nudge.set()
        if talk := self._talks.get(conversation.id):
            talk.add(changed.entries)
            self._nudge.set()
            if conversation.agent is None or conversation.agent.id != talk.holder:
                del self._talks[conversation.id]
                self._lost[conversation.id] = talk.holder
                self._tell_loss(talk.holder, changed)
        if conversation.agent is None:
            return
        if self._lost.get(conversation.id) == conversation.agent.id:
            del self._lost[conversation.id]
        if any(entry.author is Author.VISITOR and entry.kind in _SAYS for entry in changed.entries):
            self.ring(conversation.agent.id, "message", conversation.id)

    def _tell_loss(self, holder: str, changed: Changed) -> None:
        """An agent's case is theirs no more: ring, unless they did it themselves."""
        did = next(iter(changed.notes), None)
        if did is None or did.agent != holder or did.body.get("automatic"):
            by = self._account(did.agent) if did and did.agent and did.agent != holder else None
            self.ring(holder, "lost", changed.conversation.id, by=by.name if by else None)

    def _account(self, agent: str) -> AgentAccount | None:
        """By id. An agent who came after the board was read is known by their open console."""
        known = self.board.agents.get(agent) if self.board else None
        return known or next((screen.account for screen in self.screens if screen.account.id == agent), None)

    def _resync(self, conversation_id: str) -> None:
        self._talks.pop(conversation_id, None)
        for look in tuple(self._looks.get(conversation_id, ())):
            look.resync()
        self.refresh()

    def _erased(self, erasure: Erasure) -> None:
        """Whoever looks at it is told that it is no more; it leaves every list."""
        self._resync(erasure.conversation_id)

    def _told(self, conversation_id: str, frame: Frame) -> None:
        if frame["type"] == "typing":
            for look in tuple(self._looks.get(conversation_id, ())):
                look.typing(frame)


def _scopes(board: QueueSnapshot) -> Mapping[str, object]:
    """What each agent may see, by their id."""
    return {account.id: (account.role, account.tiers, account.languages) for account in board.agents.values()}
