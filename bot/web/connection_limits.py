"""The edge: uvicorn's protocols with bounds on what a client may hold without asking for anything. Bytes that drip in
for ever, a head without an end, an answer that nobody reads, sockets without number: each is closed.

Of a proxy that uvicorn trusts (`FORWARDED_ALLOW_IPS`) sockets are not counted: it speaks for all.
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

# Seconds, for the head of a request, and for its body to begin.
PATIENCE_SECONDS = 15.0
# Bytes a second that the rest of a body brings at least: a file over a poor line comes through, a drip does not.
SLOWEST_BODY = 500
# Bytes of a head, and of all that is neither head nor body (sizes of chunks, trailers).
LARGEST_HEAD = 32_768
# Seconds without a client taking anything of an answer.
STALLED_SECONDS = 60.0
# A browser opens several connections for one page.
CONNECTIONS_A_SOCKET = 4


class ConnectionGuard:
    """Counts connections by address: `most` for each, but for those that `trusted` names; and those that are too many,
    in `refused`."""

    def __init__(self, most: int, trusted: list[str] | str, refused: RefusalLog) -> None:
        self._most = most
        self.refused = refused
        self._trusted = _TrustedHosts(trusted)
        self._open: Counter[str] = Counter()

    def lets_in(self, host: str) -> bool:
        """Count one more from `host`, to `leave` later; false, and not counted, when there are too many."""
        if host in self._trusted:
            return True
        network = network_of(host)
        if self._open[network] >= self._most:
            self.refused.count("too many connections", network)
            return False
        self._open[network] += 1
        return True

    def leave(self, host: str) -> None:
        """One of `host` is gone."""
        if host not in self._trusted:
            network = network_of(host)
            self._open[network] -= 1
            if self._open[network] <= 0:
                del self._open[network]


class _Reader:
    """Closes a connection whose client takes nothing of what is sent."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._timer: asyncio.TimerHandle | None = None

    def pause(self) -> None:
        """Nothing is taken now."""
        self._timer = asyncio.get_running_loop().call_later(STALLED_SECONDS, self._transport.abort)

    def resume(self) -> None:
        """Something was taken, or the connection is gone."""
        if self._timer:
            self._timer.cancel()
            self._timer = None


class Http(HttpToolsProtocol):
    """One HTTP connection. `keeper` is set by `protocols`."""

    keeper: ConnectionGuard

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, and wait for the first head."""
        super().connection_made(transport)
        self._reader = _Reader(transport)
        self._timer: asyncio.TimerHandle | None = None
        self._raw = self._body = 0
        self._host = self.client[0] if self.client else "unknown"
        self._counts = self.keeper.lets_in(self._host)
        if self._counts:
            self._wait()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._calm()
        self._reader.resume()
        if self._counts:
            self.keeper.leave(self._host)
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
        """The answer to what is no HTTP, marked like every other; the application never sees the request."""
        self.keeper.refused.count("no HTTP", network_of(self._host))
        headers = {**marks("http"), "Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(msg)),
                   "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n{msg}".encode())
        self.transport.close()

    def on_headers_complete(self) -> None:
        """The head is there; the body has its own time. `ValueError` makes a 400 of a head that came whole."""
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
        """All of the request is there: what takes time now is ours."""
        self._calm()
        self._raw = self._body = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on the WebSocket's protocol has the connection, and its place."""
        self._calm()
        self._reader.resume()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """The client takes nothing."""
        self._reader.pause()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It does again."""
        self._reader.resume()
        super().resume_writing()

    def _wait(self) -> None:
        self._since = self.loop.time()
        self._timer = self.loop.call_later(PATIENCE_SECONDS, self._look)

    def _look(self) -> None:
        """The time is over: unless enough has come of a body, or it waits because nobody here has read it yet."""
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


class WebSocket(WSProtocol):
    """One WebSocket. It begins where an HTTP connection has been let in."""

    keeper: ConnectionGuard

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take over a connection."""
        super().connection_made(transport)
        self._reader = _Reader(transport)
        self._host = self.client[0] if self.client else "unknown"

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._reader.resume()
        self.keeper.leave(self._host)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client takes nothing."""
        self._reader.pause()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It does again."""
        self._reader.resume()
        super().resume_writing()

    def handle_ping(self, event: events.Ping) -> None:
        """Answered, unless the client reads nothing: answers would pile up."""
        if self.writable.is_set():
            super().handle_ping(event)


def protocols(sockets: int, trusted: list[str] | str, refused: RefusalLog) -> dict[str, Any]:
    """What a uvicorn configuration needs for so many sockets of one address: `http`, `ws`, and whom it believes where a
    client comes from."""
    keeper = ConnectionGuard(CONNECTIONS_A_SOCKET * sockets, trusted, refused)
    own = {"keeper": keeper}
    return {"http": type("Http", (Http,), own), "ws": type("WebSocket", (WebSocket,), own),
            "forwarded_allow_ips": trusted}
