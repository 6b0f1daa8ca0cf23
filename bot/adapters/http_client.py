"""HTTP/1.1 to one server beside us, over connections that stay open: what the relay does for every message.

A client that can do everything cost more CPU than all else that a message needs (`docs/performance.md`). This one
sends a body and reads an answer that has a length or is chunked; httptools, which uvicorn uses too, reads the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import httptools

CONNECT_SECONDS = 2.0
MOST_IDLE = 16
LARGEST_ANSWER = 1_000_000


@dataclass(frozen=True)
class Answer:
    """Status and body of an answer."""

    status: int
    body: bytes


class HttpClient:
    """Requests to `host`:`port` with the same headers each."""

    def __init__(self, host: str, port: int, headers: Mapping[str, str]) -> None:
        self._host = host
        self._port = port
        self._head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": f"{host}:{port}", **headers}.items())
        self._idle: list[_Exchange] = []

    async def request(self, method: str, path: str, body: bytes = b"", *, seconds: float) -> Answer:
        """The answer to a request; `OSError` when there is none within `seconds`. A connection that the server has
        left meanwhile costs one more attempt, so a request may arrive twice."""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        request = head.encode("latin-1") + body
        try:
            return await asyncio.wait_for(self._exchange(request), seconds)
        except asyncio.TimeoutError:
            raise TimeoutError(f"no answer within {seconds:g} s") from None

    async def _exchange(self, request: bytes) -> Answer:
        while self._idle:
            exchange = self._idle.pop()
            with suppress(_Stale):
                return await self._ask(exchange, request)
        return await self._ask(await self._connect(), request)

    async def _connect(self) -> _Exchange:
        loop = asyncio.get_running_loop()
        connecting = loop.create_connection(_Exchange, self._host, self._port)
        return (await asyncio.wait_for(connecting, CONNECT_SECONDS))[1]

    async def _ask(self, exchange: _Exchange, request: bytes) -> Answer:
        try:
            answer = await exchange.ask(request)
        except BaseException:
            exchange.close()
            raise
        if exchange.reusable and len(self._idle) < MOST_IDLE:
            self._idle.append(exchange)
        else:
            exchange.close()
        return answer


class _Stale(ConnectionError):
    """The server had closed a connection that lay idle."""


class _Exchange(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._body = bytearray()
        self._used = False
        self._heard = False
        self.reusable = False

    async def ask(self, request: bytes) -> Answer:
        """Send `request` and wait for what comes back; `_Stale` or another `ConnectionError` when that is nothing."""
        if self._transport is None or self._transport.is_closing():
            raise self._lost()
        self._answer, self._heard, self.reusable = asyncio.get_running_loop().create_future(), False, False
        self._transport.write(request)
        answer = await self._answer
        self._used = True
        return answer

    def close(self) -> None:
        """Leave at once."""
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self._heard = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionError(f"no HTTP: {error}"))

    def connection_lost(self, _error: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._fail(self._lost())

    def on_message_begin(self) -> None:
        """httptools: an answer begins."""
        self._body.clear()

    def on_body(self, part: bytes) -> None:
        """httptools: a part of the body."""
        self._body += part
        if len(self._body) > LARGEST_ANSWER:
            self._fail(ConnectionError(f"an answer of more than {LARGEST_ANSWER} bytes"))

    def on_message_complete(self) -> None:
        """httptools: that was the answer (or one before it, such as 100)."""
        status = self._parser.get_status_code()
        if status >= 200 and self._answer and not self._answer.done():
            self.reusable = self._parser.should_keep_alive()
            self._answer.set_result(Answer(status, bytes(self._body)))

    def _lost(self) -> ConnectionError:
        stale = self._used and not self._heard
        return (_Stale if stale else ConnectionError)("the server closed the connection")

    def _fail(self, error: ConnectionError) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)
        if self._transport:
            self._transport.abort()
