"""One client: what each of its frames does, and what it is told. The transport only carries texts to and fro."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.core.chat import Author, Change, Changed, Chat, Event, Kind, NewEntry, Status
from bot.core.errors import StoreUnavailable
from bot.services.ticket import check as check_form
from bot.web.frames import PROTOCOL, Frame, FrameError, Request, ack, dump, entry_json, parse
from bot.web.gateway import FILE_TYPES, Gateway, said
from bot.web.visits import Visit, Who, hash_of, who_is

logger = logging.getLogger(__name__)

PAGE = 50
RETRY_SECONDS = 2

Handler = Callable[[Request], Awaitable[None]]


class Session:
    """A client of the gateway. `push` takes a frame's text and must not block; `live` clients are told of what others
    do, too."""

    def __init__(self, gateway: Gateway, address: str, push: Callable[[str], None], *, live: bool = True) -> None:
        self._gateway = gateway
        self._address = address
        self._push = push
        self._live = live
        self._key = ""
        self._who = Who()
        self._chat: Chat | None = None
        self._held: list[tuple[int, str]] | None = None
        self._shown = Who()
        self._refreshing: asyncio.Task[None] | None = None
        self._handlers: dict[str, Handler] = {
            "hello": self._hello, "say": self._say, "ticket": self._ticket, "rate": self._rate,
            "leave_queue": self._leave_queue, "end": self._end, "read": self._read, "language": self._language,
            "identify": self._identify, "history": self._history, "typing": self._typing, "ping": self._ping,
        }

    async def receive(self, raw: str | bytes) -> None:
        """Do what one frame asks for; what is wrong with it goes back as an `error`."""
        request = None
        try:
            request = parse(raw, self._gateway.limits)
            if request.type not in ("hello", "ping") and self._chat is None:
                raise FrameError("no_session", "say hello first")
            await self._handlers[request.type](request)
        except FrameError as error:
            self._send(error.frame())
        except StoreUnavailable:
            self._fail(request, "the database did not answer")
        except Exception:  # the edge: one frame that breaks must not take the connection along
            logger.exception("A frame could not be handled.")
            self._fail(request, "something broke in the gateway")

    def resume(self, key: str, visit: Visit, chat: Chat) -> None:
        """Go on where this browser's `hello` has left (over HTTP each request is a session of its own)."""
        self._key, self._who, self._chat = key, visit.who, chat

    def close(self) -> None:
        """The client is gone."""
        if self._live and self._chat:
            self._gateway.hub.leave(self._chat.id, self)
        if self._refreshing:
            self._refreshing.cancel()

    def entry(self, seq: int, frame: str) -> None:
        """See `Viewer`."""
        if self._held is None:
            self._push(frame)
        else:
            self._held.append((seq, frame))

    def chat(self, chat: Chat) -> None:
        """See `Viewer`."""
        self._chat = chat
        if self._held is None and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._send_state())

    def frame(self, frame: str) -> None:
        """See `Viewer`."""
        if self._held is None:
            self._push(frame)

    async def _hello(self, request: Request) -> None:
        if wait := self._gateway.by_address.take(self._address):
            raise FrameError("rate_limited", "too many conversations from this address", retry_after=round(wait, 1))
        values = request.values
        who = who_is(values["identity_token"], self._gateway.settings)
        await self._enter(values["key"], who, values["lang"], values["page"], values["after"])

    async def _identify(self, request: Request) -> None:
        who = who_is(request.values["identity_token"], self._gateway.settings)
        chat = self._open_chat()
        await self._enter(self._key, who, chat.lang, chat.context, chat.last_seq if who.may_open(chat) else 0)

    async def _enter(self, key: str | None, who: Who, lang: str, page: Any, after: int) -> None:
        gateway = self._gateway
        chat, new_key = await gateway.admit(key, who, lang, page)
        if self._chat and self._live:
            gateway.hub.leave(self._chat.id, self)
        if new_key and key:
            gateway.visits.forget(hash_of(key))
        self._key, self._who, self._chat = new_key or key or "", who, chat
        gateway.visits.remember(hash_of(self._key), Visit(chat.id, who))
        self._held = []
        if self._live:
            gateway.hub.join(chat, self)
        try:
            await self._welcome(new_key, 0 if new_key else after)
        finally:
            self._held = None

    async def _welcome(self, new_key: str | None, after: int) -> None:
        chat, gateway = self._open_chat(), self._gateway
        entries = await asyncio.to_thread(
            gateway.conversations.entries, chat.id, after=after, **({} if after else {"limit": PAGE}))
        last = entries[-1].seq if entries else after
        state = await gateway.state(chat, self._shown_who())
        self._send({
            "type": "welcome", "protocol": PROTOCOL, "conversation": chat.id, **({"key": new_key} if new_key else {}),
            "state": state, "entries": [entry_json(entry) for entry in entries],
            "more": not after and bool(entries) and entries[0].seq > 1, "read": chat.read,
            "limits": {"text": gateway.settings.max_message_length, "file_bytes": gateway.settings.max_file_bytes,
                       "file_types": list(FILE_TYPES)},
        })
        for seq, frame in self._held or ():
            if seq > last:
                self._push(frame)

    async def _say(self, request: Request) -> None:
        text, payload = request.values["text"], request.values["payload"]
        body = {"text": text, **({"payload": payload} if payload != text else {})}
        await self._store(request, Kind.TEXT, body, Event.SAY)

    async def _ticket(self, request: Request) -> None:
        values = request.values["values"]
        if fields := check_form(values):
            raise FrameError("invalid_form", "the form has wrong values", client_id=request.client_id, fields=fields)
        await self._store(request, Kind.TICKET, {"text": values["subject"], "values": values}, Event.SAY)

    async def _rate(self, request: Request) -> None:
        rating = request.values["rating"]
        body = {"text": f"{rating['score']}/5", "rating": rating}
        changed = await self._write(Change(self._open_chat().id, (self._entry(request, Kind.RATING, body),)))
        self._send(ack(changed.entries[0]))

    async def _leave_queue(self, request: Request) -> None:
        chat, gateway = self._running_chat(request), self._gateway
        reply = await asyncio.to_thread(gateway.counter.leave_queue, chat.id, chat.bot_state)
        entry = self._entry(request, Kind.EVENT, await self._event("left_queue", chat))
        change = Change(chat.id, (entry, *said(reply.bubbles, chat.lang)), Event.LEAVE)
        self._send(ack((await self._write(change)).entries[0]))

    async def _end(self, request: Request) -> None:
        chat = self._open_chat()
        await asyncio.to_thread(self._gateway.agents.leave, chat.id)
        entry = self._entry(request, Kind.EVENT, await self._event("ended", chat))
        self._send(ack((await self._write(Change(chat.id, (entry,), Event.END))).entries[0]))

    async def _read(self, request: Request) -> None:
        await self._write(Change(self._open_chat().id, read=request.values["seq"]))

    async def _language(self, request: Request) -> None:
        chat, lang = self._open_chat(), request.values["lang"]
        if lang == chat.lang:
            await self._send_state()
        elif not chat.asked:
            await self._gateway.greet(chat, lang)
        else:
            await self._write(Change(chat.id, lang=lang))

    async def _history(self, request: Request) -> None:
        before = request.values["before"]
        entries = await asyncio.to_thread(
            self._gateway.conversations.entries, self._open_chat().id, before=before, limit=PAGE)
        self._send({"type": "history", "entries": [entry_json(entry) for entry in entries],
                    "more": bool(entries) and entries[0].seq > 1})

    async def _typing(self, _request: Request) -> None:
        chat = self._open_chat()
        if chat.status is Status.CONNECTED:
            self._gateway.hub.tell(chat.id, {"type": "typing", "author": Author.VISITOR.value, "on": True}, but=self)

    async def _ping(self, _request: Request) -> None:
        self._send({"type": "pong"})
        if self._chat and self._gateway.who_now(self._who) != self._shown:
            await self._send_state()

    async def _store(self, request: Request, kind: Kind, body: dict[str, Any], event: Event) -> None:
        """Take something that the visitor says: stored, acknowledged, passed on."""
        chat = self._running_chat(request)
        self._spend(chat, request)
        stamp = self._gateway.who_now(self._who).stamp()
        changed = await self._write(Change(chat.id, (self._entry(request, kind, {**body, **stamp}),), event))
        self._send(ack(changed.entries[0]))
        if changed.is_new:
            self._gateway.relay.take(changed)

    async def _write(self, change: Change) -> Changed:
        changed = await self._gateway.journal.write(change)
        if self._chat and self._chat.id == changed.chat.id:
            self._chat = changed.chat
        return changed

    async def _event(self, name: str, chat: Chat) -> dict[str, Any]:
        text = await asyncio.to_thread(self._gateway.counter.event, name, chat.lang)
        return {"event": name, "text": text, "lang": chat.lang}

    def _entry(self, request: Request, kind: Kind, body: dict[str, Any]) -> NewEntry:
        return NewEntry(Author.VISITOR, kind, body, request.client_id)

    def _open_chat(self) -> Chat:
        assert self._chat is not None, "checked in `receive`"
        return self._chat

    def _running_chat(self, request: Request) -> Chat:
        chat = self._open_chat()
        if chat.status is Status.CLOSED:
            raise FrameError("closed", "the conversation has ended", client_id=request.client_id)
        return chat

    def _spend(self, chat: Chat, request: Request) -> None:
        wait = self._gateway.by_conversation.take(chat.id) or self._gateway.by_address.take(self._address)
        if wait:
            raise FrameError("rate_limited", "too many messages", client_id=request.client_id,
                             retry_after=round(wait, 1))

    def _shown_who(self) -> Who:
        self._shown = self._gateway.who_now(self._who)
        return self._shown

    async def _send_state(self) -> None:
        self._send(await self._gateway.state(self._open_chat(), self._shown_who()))

    def _fail(self, request: Request | None, detail: str) -> None:
        client_id = request.values.get("client_id") if request else None
        error = FrameError("unavailable", detail, client_id=client_id, retry_after=RETRY_SECONDS)
        self._send(error.frame())

    def _send(self, frame: Frame) -> None:
        self._push(dump(frame))
