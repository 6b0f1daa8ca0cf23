"""Handles the frames of one visitor's client. `VisitorSubscription` sends the frames to the client."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.core.conversation import (
    BOT_LISTENS,
    IN_QUEUE,
    Author,
    Change,
    Changed,
    Conversation,
    Event,
    Kind,
    NewEntry,
    Status,
)
from bot.core.errors import NoConversation, StoreUnavailable
from bot.live.bot_turns import answered_by, entries_of
from bot.live.frames import FrameError, LastSeen, Request, ack, entry_json, parse
from bot.live.gateway import Gateway, moved
from bot.live.ticket_submission import submit
from bot.live.visitor_sessions import Visitor, VisitorSession, authenticate, hash_of
from bot.live.visitor_subscription import ENDED, GONE, PAGE, RETRY_SECONDS, VisitorSubscription
from bot.services.ticket_fields import check as check_form

logger = logging.getLogger(__name__)

# Frames that need no `hello` before them.
FIRST = ("hello", "ping")
_ENTERS = ("hello", "identify")
_WRITES = ("say", "rate", "leave_queue", "end", "language")

Handler = Callable[[Request], Awaitable[None]]


class VisitorConnection:
    """A client of the gateway. `push` takes a frame's text and must not block; `live`: see `VisitorSubscription`."""

    def __init__(self, gateway: Gateway, address: str, push: Callable[[str], None], *, live: bool = True) -> None:
        self._gateway = gateway
        self._address = address
        self._key = ""
        self._is_entering = False
        self._subscription = VisitorSubscription(gateway, push, live=live)
        self._handlers: dict[str, Handler] = {
            "hello": self._hello, "say": self._say, "ticket": self._ticket, "rate": self._rate,
            "leave_queue": self._leave_queue, "end": self._end, "read": self._read, "unhelpful": self._unhelpful,
            "language": self._language, "identify": self._identify, "history": self._history,
            "page": self._page, "typing": self._typing, "ping": self._ping,
        }

    @property
    def has_begun(self) -> bool:
        """See `Receiver`. True also while a `hello` is handled."""
        return self._is_entering or self._subscription.now is not None

    async def receive(self, raw: str | bytes) -> None:
        """Handle the text of one frame; an error is sent as an `error` frame, never raised."""
        try:
            request = parse(raw, self._gateway.limits)
        except FrameError as error:
            self._refuse(error)
        else:
            await self.do(request)

    async def do(self, request: Request) -> None:
        """`receive` for a frame that is checked already."""
        try:
            if request.type not in FIRST and self._subscription.now is None:
                raise FrameError("no_session", "say hello first")
            self._spend(request)
            await self._handlers[request.type](request)
        except FrameError as error:
            self._refuse(error)
        except NoConversation:
            self._subscription.close()
            self._subscription.send(FrameError("unknown_key", GONE, client_id=request.values.get("client_id")).frame())
        except StoreUnavailable:
            self._fail(request, "the database did not answer")
        except Exception:  # the edge: one frame that breaks must not take the connection along
            logger.exception("A frame could not be handled.")
            self._fail(request, "something broke in the gateway")

    def resume(self, key: str, session: VisitorSession, conversation: Conversation) -> None:
        """Continue a session without a `hello`: over HTTP each request has a connection of its own."""
        self._key, self._subscription.who, self._subscription.now = key, session.who, conversation

    def close(self) -> None:
        """The client is gone."""
        self._subscription.close()

    async def _hello(self, request: Request) -> None:
        values = request.values
        who = authenticate(values["identity_token"], self._gateway.settings)
        await self._enter(values["key"], who, values["lang"], values["page"], values["after"])

    async def _identify(self, request: Request) -> None:
        who = authenticate(request.values["identity_token"], self._gateway.settings)
        conversation = self._conversation
        await self._enter(self._key, who, conversation.lang, conversation.context, LastSeen(conversation.last_seq))

    async def _enter(self, key: str | None, who: Visitor, lang: str, page: Any, after: LastSeen) -> None:
        gateway = self._gateway
        self._subscription.close()
        self._is_entering = True
        try:
            conversation, new_key = await gateway.admit(key, who, lang, page)
            if new_key and who.identity is None:
                gateway.rates.opened(self._address)
            if new_key and key:
                gateway.visitor_sessions.forget(hash_of(key))
            self._key = new_key or key or ""
            gateway.visitor_sessions.remember(hash_of(self._key), VisitorSession(conversation.id, who))
            await self._subscription.open(conversation, who, LastSeen() if new_key else after, new_key)
        finally:
            self._is_entering = False

    async def _say(self, request: Request) -> None:
        text, payload = request.values["text"], request.values["payload"]
        body = {"text": text, **({"payload": payload} if payload != text else {})}
        await self._store(request, Kind.TEXT, body)

    async def _ticket(self, request: Request) -> None:
        values = request.values["values"]
        if fields := check_form(values):
            raise FrameError("invalid_form", "the form has wrong values", client_id=request.client_id, fields=fields)
        await self._store(request, Kind.TICKET, {"text": values["subject"], "values": values})

    async def _pass_on(self, changed: Changed) -> None:
        """Pass a new entry to the bot. While an agent owns the case, the gateway answers a ticket form."""
        entry, conversation = changed.entries[0], changed.conversation
        if conversation.status in BOT_LISTENS and entry.seq > conversation.answered:
            if changed.is_new:
                self._gateway.dispatcher.dispatch(changed, self._address)
        elif entry.kind is Kind.TICKET:
            await submit(self._gateway, conversation, entry)

    async def _rate(self, request: Request) -> None:
        rating = request.values["rating"]
        entry = self._entry(request, Kind.RATING, {"text": f"{rating['score']}/5", "rating": rating})
        await self._acknowledge(Change(self._conversation.id, (entry,)))

    async def _leave_queue(self, request: Request) -> None:
        conversation, gateway = self._conversation, self._gateway
        if conversation.status not in IN_QUEUE:
            await self._is_so_already(request)
            return
        reply = await asyncio.to_thread(
            gateway.responder.left_queue, {**conversation.bot_state, "language": conversation.lang}
        )
        entry = self._entry(request, Kind.EVENT, await self._event("left_queue", conversation))
        changed = await self._acknowledge(
            Change(conversation.id, (entry, *entries_of(reply.bubbles, conversation.lang)), Event.LEAVE)
        )
        if not changed.entries:  # an agent was faster
            await self._is_so_already(request)

    async def _end(self, request: Request) -> None:
        conversation = self._conversation
        if conversation.status is Status.CLOSED:
            await self._is_so_already(request)
            return
        entry = self._entry(request, Kind.EVENT, await self._event("ended", conversation))
        await self._acknowledge(Change(conversation.id, (entry,), Event.END))

    async def _read(self, request: Request) -> None:
        await self._write(Change(self._conversation.id, read=request.values["seq"]))

    async def _unhelpful(self, request: Request) -> None:
        """Mark the bot's answer `seq` as unhelpful (or not), for the review of its question."""
        seq, gateway = request.values["seq"], self._gateway
        found = await asyncio.to_thread(gateway.conversations.entries, self._conversation.id, before=seq + 1, limit=1)
        asked = answered_by(found[0]) if found and found[0].seq == seq else None
        if asked is not None:
            await asyncio.to_thread(gateway.feedback_store.blame, self._conversation.id, asked, request.values["on"])

    async def _language(self, request: Request) -> None:
        conversation, lang = self._conversation, request.values["lang"]
        is_untouched = conversation.status is Status.BOT and not (conversation.asked or conversation.answered)
        if lang != conversation.lang and is_untouched:
            self._subscription.wrote((await self._gateway.greet(conversation, lang)).conversation)
        elif lang != conversation.lang:
            await self._write(Change(conversation.id, lang=lang))
        await self._subscription.answer_state()

    async def _history(self, request: Request) -> None:
        before = request.values["before"]
        entries = await asyncio.to_thread(
            self._gateway.conversations.entries, self._conversation.id, before=before, limit=PAGE)
        self._subscription.send({"type": "history", "entries": [entry_json(entry) for entry in entries],
                         "more": bool(entries) and entries[0].seq > 1})

    async def _page(self, request: Request) -> None:
        """The visitor has moved to another page without a new `hello`."""
        if context := moved(self._conversation, request.values["page"]):
            await self._write(Change(self._conversation.id, context=context))

    async def _typing(self, _request: Request) -> None:
        if self._conversation.status is Status.CONNECTED:
            frame = {"type": "typing", "author": Author.VISITOR.value, "on": True}
            self._gateway.pubsub.publish_transient(self._conversation.id, frame, but=self._subscription)

    async def _ping(self, _request: Request) -> None:
        self._subscription.send({"type": "pong"})
        self._subscription.show_who()
        if self._subscription.now:
            session = VisitorSession(self._subscription.now.id, self._subscription.who)
            self._gateway.visitor_sessions.remember(hash_of(self._key), session)

    async def _store(self, request: Request, kind: Kind, body: dict[str, Any]) -> None:
        """Store a visitor's entry, pass it on, acknowledge it."""
        if self._conversation.status is Status.CLOSED:
            raise FrameError("closed", "the conversation has ended", client_id=request.client_id)
        stamp = self._gateway.who_now(self._subscription.who).stamp()
        entry = self._entry(request, kind, {**body, **stamp})
        changed = await self._write(Change(self._conversation.id, (entry,), Event.SAY))
        await self._pass_on(changed)
        self._subscription.send(ack(changed.entries[0]))

    async def _acknowledge(self, change: Change) -> Changed:
        changed = await self._write(change)
        if changed.entries:
            self._subscription.send(ack(changed.entries[0]))
        return changed

    async def _is_so_already(self, request: Request) -> None:
        """Acknowledge a frame without effect: it was sent twice, or the status was reached without it."""
        entries = await asyncio.to_thread(self._gateway.conversations.entries, self._conversation.id, limit=PAGE)
        same = next((entry for entry in entries if entry.client_id == request.client_id), entries[-1])
        self._subscription.send(ack(replace(same, client_id=request.client_id)))

    async def _write(self, change: Change) -> Changed:
        changed = await self._gateway.log_writer.write(change)
        self._subscription.wrote(changed.conversation)
        return changed

    async def _event(self, name: str, conversation: Conversation) -> dict[str, Any]:
        text = await asyncio.to_thread(self._gateway.responder.event, name, conversation.lang)
        return {"event": name, "text": text, "lang": conversation.lang}

    def _entry(self, request: Request, kind: Kind, body: dict[str, Any]) -> NewEntry:
        return NewEntry(Author.VISITOR, kind, body, request.client_id)

    @property
    def _conversation(self) -> Conversation:
        if self._subscription.now is None:
            # A customer has just signed in to the conversation elsewhere.
            raise FrameError("no_session", "say hello first")
        if not self._gateway.who_now(self._subscription.who).may_open(self._subscription.now):
            raise FrameError("no_session", ENDED)
        return self._subscription.now

    def _spend(self, request: Request) -> None:
        rates = self._gateway.rates
        if request.type == "ticket":
            wait = rates.ticket(self._conversation.id, self._address)
        elif request.type in _WRITES:
            wait = rates.write(self._conversation.id, self._address, len(request.values.get("text", "")))
        elif request.type in _ENTERS:
            wait = rates.enter(self._address)
        else:
            wait = rates.read(self._address) if request.type != "ping" else 0
        if wait:
            raise too_fast(wait, request.values.get("client_id"))

    def _refuse(self, error: FrameError) -> None:
        self._gateway.refused.frame(error.code, self._address)
        self._subscription.send(error.frame())

    def _fail(self, request: Request, detail: str) -> None:
        client_id = request.values.get("client_id")
        error = FrameError("unavailable", detail, client_id=client_id, retry_after=RETRY_SECONDS)
        self._subscription.send(error.frame())


def too_fast(wait: float, client_id: str | None = None) -> FrameError:
    """The error for a client that has to wait `wait` seconds."""
    return FrameError("rate_limited", "too fast", client_id=client_id, retry_after=math.ceil(10 * wait) / 10)
