"""The visitor's frames over plain HTTP, for networks that block WebSockets, and the small requests of the widget."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.core.conversation import Author, Conversation
from bot.core.errors import NoConversation, StoreUnavailable
from bot.live.frames import LARGEST_FRAME, Frame, FrameError, entry_json, parse
from bot.live.gateway import Gateway
from bot.live.visitor_connection import FIRST, VisitorConnection, too_fast
from bot.live.visitor_sessions import VisitorSession, hash_of
from bot.live.visitor_subscription import RETRY_SECONDS
from bot.web.headers import address_of

LONGEST_WAIT = 25.0
# Entries of one answer; the next request brings the rest.
MOST_EVENTS = 500
STATUS = {"rate_limited": 429, "unknown_key": 401, "no_session": 401, "unavailable": 503, "file_too_large": 413,
          "file_type": 415, "unknown": 404, "not_case_owner": 403, "not_allowed": 403}


async def frames(request: Request) -> Response:
    """Take one frame of the client; the answer holds the frames that it causes."""
    gateway: Gateway = request.app.state.gateway
    pushed: list[str] = []
    frame = parse(await body_of(request, LARGEST_FRAME, "bad_frame"), gateway.limits)
    session = VisitorConnection(gateway, address_of(request), pushed.append, live=False)
    if frame.type not in FIRST:
        session.resume(*await visitor(request))
    await session.do(frame)
    return Response('{"frames":[' + ",".join(pushed) + "]}", media_type="application/json")


async def events(request: Request) -> Response:
    """The entries after the number `after`; waits up to `wait` seconds while there are none."""
    gateway: Gateway = request.app.state.gateway
    _, visit = _visit(request)
    after, wait = int(_number(request, "after", 0)), min(_number(request, "wait", 0), LONGEST_WAIT)
    watcher = _Watcher()
    gateway.pubsub.subscribe(visit.conversation_id, watcher)
    try:
        _, _, conversation = await visitor(request)
        if conversation.last_seq < after:
            raise FrameError("no_session", "the log ends before `after`: say hello again")
        gateway.pubsub.seed(conversation)
        if conversation.last_seq == after:
            with gateway.connection_slots.take(address_of(request)) as is_free:
                if not is_free:
                    raise too_fast(LONGEST_WAIT)
                await watcher.wait(wait)
    finally:
        gateway.pubsub.unsubscribe(visit.conversation_id, watcher)
    # Check again: meanwhile another person may have signed in to the conversation.
    _, visit, conversation = await visitor(request)
    bounds = {"before": after + MOST_EVENTS + 1} if conversation.last_seq > after + MOST_EVENTS else {}
    entries = await asyncio.to_thread(gateway.conversations.entries, conversation.id, after=after, **bounds)
    found: list[Frame] = [{"type": "entry", "entry": entry_json(entry)} for entry in entries]
    return JSONResponse({"frames": [await gateway.state(conversation, visit.who), *found]})


async def unread(request: Request) -> Response:
    """The number of entries that the visitor has not seen, for the badge. Needs a key, but no `hello`."""
    gateway: Gateway = request.app.state.gateway
    _look(request)
    conversation = await asyncio.to_thread(gateway.conversations.find, hash_of(_bearer(request)))
    if conversation is None:
        raise FrameError("unknown_key", "this key opens no conversation")
    entries = await asyncio.to_thread(gateway.conversations.entries, conversation.id, after=conversation.read)
    return JSONResponse({"unread": sum(entry.author is not Author.VISITOR for entry in entries)})


async def transcript(request: Request) -> Response:
    """The whole conversation as plain text."""
    gateway: Gateway = request.app.state.gateway
    _, _, conversation = await visitor(request)
    entries = await asyncio.to_thread(gateway.conversations.entries, conversation.id, limit=10_000)
    text = await asyncio.to_thread(gateway.responder.transcript, entries, conversation.lang)
    return PlainTextResponse(text, headers={"Content-Disposition": 'attachment; filename="kilat.txt"'})


async def erase(request: Request) -> Response:
    """Erase the visitor's conversation for good."""
    gateway: Gateway = request.app.state.gateway
    _, _, conversation = await visitor(request)
    if wait := gateway.rates.write(conversation.id, address_of(request)):
        raise too_fast(wait)
    await gateway.erase(conversation.id)
    return Response(status_code=204)


async def visitor(request: Request) -> tuple[str, VisitorSession, Conversation]:
    """(key, session, conversation) of the request; `FrameError` for an unknown key, and before a `hello`."""
    gateway: Gateway = request.app.state.gateway
    _look(request)
    key, visit = _visit(request)
    conversation = await asyncio.to_thread(gateway.conversations.get, visit.conversation_id)
    if conversation is None or not visit.who.may_open(conversation):
        raise FrameError("unknown_key", "this key opens no conversation")
    return key, visit, conversation


async def body_of(request: Request, limit: int, too_large: str = "file_too_large") -> bytes:
    """The body; `FrameError` with the code `too_large` for more than `limit` bytes. `bot.web.connection_limits` bounds
    the time."""
    told = request.headers.get("content-length", "")
    body = bytearray()
    if told.isdecimal() and float(told) > limit:
        raise FrameError(too_large, f"at most {limit} bytes")
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise FrameError(too_large, f"at most {limit} bytes")
    return bytes(body)


async def refuse(_request: Request, error: Exception) -> Response:
    """The error of a handler as an error frame, with a fitting status."""
    if isinstance(error, NoConversation):
        error = FrameError("unknown_key", "this key opens no conversation")
    elif isinstance(error, StoreUnavailable):
        error = FrameError("unavailable", "the database did not answer", retry_after=RETRY_SECONDS)
    assert isinstance(error, FrameError), "registered for these three"
    wait = error.more.get("retry_after")
    headers = {"Retry-After": str(math.ceil(wait))} if wait else {}
    return JSONResponse({"frames": [error.frame()]}, STATUS.get(error.code, 400), headers)


class _Watcher:
    """A `Subscriber` that waits for anything new in a conversation."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    def _wake(self, *_news: object) -> None:
        self._news.set()

    on_entry = on_conversation_change = on_state_change = resync = _wake

    def on_transient(self, frame: str) -> None:
        """Ignored: transient frames don't go over HTTP."""


def _look(request: Request) -> None:
    """Spend the address's allowance for reading; `FrameError` when it is used up."""
    if wait := request.app.state.gateway.rates.read(address_of(request)):
        raise too_fast(wait)


def _visit(request: Request) -> tuple[str, VisitorSession]:
    key = _bearer(request)
    visit: VisitorSession | None = request.app.state.gateway.visitor_sessions.find(hash_of(key))
    if visit is None:
        raise FrameError("no_session", "say hello first")
    return key, visit


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _number(request: Request, name: str, default: float) -> float:
    raw: Any = request.query_params.get(name, default)
    try:
        number = float(raw)
    except ValueError:
        number = -1.0
    if not 0 <= number < 2**31:
        raise FrameError("bad_frame", f"`{name}` must be a number from 0")
    return number
