"""Bounds what a client may hold: uvicorn's protocols, which close a connection whose bytes drip in without end, whose
head never ends, or whose client does not read the answer, and refuse an address with too many connections.

Connections of a proxy that uvicorn trusts (`FORWARDED_ALLOW_IPS`) are not counted: it speaks for all clients.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from uvicorn.middleware.proxy_headers import _TrustedHosts
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto import events

from bot.live.refusal_log import RefusalLog
from bot.web.headers import marks, network_of

# Seconds for the head of a request, and for its body to begin.
PATIENCE_SECONDS = 15.0
# Least bytes a second of the rest of a body: a file over a poor line comes through, a drip does not.
SLOWEST_BODY = 500
# Bytes of a head, and of all that is neither head nor body (sizes of chunks, trailers).
LARGEST_HEAD = 32_768
# Seconds in which a client must take something of an answer.
STALLED_SECONDS = 60.0
# A browser opens several connections for one page.
CONNECTIONS_A_SOCKET = 4


class ConnectionGuard:
    """Counts connections by address: `most` for each, without a limit for `trusted` proxies. Counts what it refuses in
    `refused`."""

    def __init__(self, most: int, trusted: list[str] | str, refused: RefusalLog) -> None:
        self._most = most
        self.refused = refused
        self._trusted = _TrustedHosts(trusted)
        self._open: Counter[str] = Counter()

    def lets_in(self, host: str) -> bool:
        """Count one more connection from `host`, until `leave`; false, and not counted, when there are too many."""
        if host in self._trusted:
            return True
        network = network_of(host)
        if self._open[network] >= self._most:
            self.refused.count("too many connections", network)
            return False
        self._open[network] += 1
        return True

    def leave(self, host: str) -> None:
        """Count one connection of `host` less."""
        if host not in self._trusted:
            network = network_of(host)
            self._open[network] -= 1
            if self._open[network] <= 0:
                del self._open[network]


class _Guarded(asyncio.Protocol):
    """What both protocols share: the client's address, and an end for a client that does not read its answers."""

    guard: ConnectionGuard  # set by `protocols`
    client: tuple[str, int] | None
    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._host = self.client[0] if self.client else "unknown"
        self._stalled: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._goes_on()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client reads nothing."""
        self._stalled = asyncio.get_running_loop().call_later(STALLED_SECONDS, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._goes_on()
        super().resume_writing()

    def _goes_on(self) -> None:
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None


class Http(_Guarded, HttpToolsProtocol):
    """One HTTP connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Refuse the connection, or wait for the first head."""
        super().connection_made(transport)
        self._timer: asyncio.TimerHandle | None = None
        self._raw = self._body = 0
        self._counts = self.guard.lets_in(self._host)
        if self._counts:
            self._wait()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._calm()
        if self._counts:
            self.guard.leave(self._host)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of a head or a body."""
        if self._timer is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()
        self._raw += len(data)
        super().data_received(data)
        if self._raw - self._body > LARGEST_HEAD + self._body // 8:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, with the headers of every answer; the application never sees the request."""
        self.guard.refused.count("no HTTP", network_of(self._host))
        headers = {**marks("http"), "Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(msg)),
                   "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n{msg}".encode())
        self.transport.close()

    def on_headers_complete(self) -> None:
        """The head is complete; the body has its own time. `ValueError` for a too large head becomes a 400."""
        self._calm()
        self._raw = 0
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > LARGEST_HEAD:
            raise ValueError("the head is too large")
        super().on_headers_complete()
        self._wait()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete: from now on the client waits for us."""
        self._calm()
        self._raw = self._body = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection, and its count, over to the WebSocket's protocol."""
        self._calm()
        self._goes_on()
        super().handle_websocket_upgrade()

    def _wait(self) -> None:
        self._since = self.loop.time()
        self._timer = self.loop.call_later(PATIENCE_SECONDS, self._look)

    def _look(self) -> None:
        """Close the connection, unless enough of a body has come, or the body waits for our own reading."""
        left = self._since + PATIENCE_SECONDS + self._body / SLOWEST_BODY - self.loop.time()
        if self.flow.read_paused or (self.cycle and self.cycle.waiting_for_100_continue):
            left = PATIENCE_SECONDS
        if left > 0:
            self._timer = self.loop.call_later(left, self._look)
        else:
            self.transport.abort()

    def _calm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


class WebSocket(_Guarded, WSProtocol):
    """One WebSocket. It begins on an HTTP connection that was let in."""

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.guard.leave(self._host)
        super().connection_lost(exc)

    def handle_ping(self, event: events.Ping) -> None:
        """Answer a ping, unless the client reads nothing: answers would pile up."""
        if self.writable.is_set():
            super().handle_ping(event)


def protocols(sockets: int, trusted: list[str] | str, refused: RefusalLog) -> dict[str, Any]:
    """Settings of uvicorn for `sockets` open sockets of one address: `http`, `ws`, and the proxies that it trusts."""
    own = {"guard": ConnectionGuard(CONNECTIONS_A_SOCKET * sockets, trusted, refused)}
    return {"http": type("Http", (Http,), own), "ws": type("WebSocket", (WebSocket,), own),
            "forwarded_allow_ips": trusted}
