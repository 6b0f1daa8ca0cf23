"""What a client may hold without asking for anything: over raw sockets, against the server that the gateway runs."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import uvicorn
from server_in_thread import ThreadServer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from bot.live.refusal_log import RefusalLog
from bot.settings import Settings
from bot.web import connection_limits
from bot.web.headers import SecurityHeaders, address_of

# Seconds until a test fails.
PATIENT = 20.0
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
UPGRADE = (b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")

Open = Callable[[], socket.socket]


class App:
    """Reads bodies, sends without end, echoes over a socket; `gone` is set when a client has gone in the middle."""

    def __init__(self) -> None:
        self.gone = threading.Event()

    async def read(self, request: Request) -> Response:
        """How long the body was."""
        try:
            return PlainTextResponse(str(len(await request.body())))
        except BaseException:
            self.gone.set()
            raise

    async def endless(self, _request: Request) -> Response:
        """For who never reads."""

        async def chunks():  # type: ignore[no-untyped-def]
            try:
                while True:
                    await asyncio.sleep(0)
                    yield b"x" * 65_536
            finally:
                self.gone.set()

        return StreamingResponse(chunks())

    async def whose(self, request: Request) -> Response:
        """Where the client comes from."""
        return PlainTextResponse(f"{address_of(request)} by {request.url.scheme}")

    async def echo(self, websocket: WebSocket) -> None:
        """One frame, and back."""
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.receive()


@pytest.fixture
def app() -> App:
    """What is served."""
    return App()


@pytest.fixture
def refused() -> RefusalLog:
    """What was refused."""
    return RefusalLog()


@pytest.fixture
def open_one(app: App, settings: Settings, refused: RefusalLog, monkeypatch: pytest.MonkeyPatch,
             request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens connections to a server of short patience; `request.param` says whom it trusts as a proxy."""
    monkeypatch.setattr(connection_limits, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(connection_limits, "STALLED_SECONDS", 0.3)
    routes = [Route("/", app.read, methods=["GET", "POST"]), Route("/endless", app.endless), Route("/whose", app.whose),
              WebSocketRoute("/socket", app.echo)]
    web = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders, settings=settings, refused=refused)])
    config = uvicorn.Config(web, port=0, log_config=None, loop="uvloop",
                            **connection_limits.protocols(1, getattr(request, "param", "127.0.0.1"), refused))
    server = ThreadServer(config)
    server.begin()
    opened: list[socket.socket] = []

    def one() -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", server.port), PATIENT))
        return opened[-1]

    yield one
    for each in opened:
        each.close()
    server.leave()


def closed(connection: socket.socket, drip: bytes = b"") -> bool:
    """Wait until the server closes the connection, while `drip` goes over it again and again."""
    until = time.monotonic() + PATIENT
    connection.settimeout(0.05)
    while time.monotonic() < until:
        try:
            if drip:
                connection.send(drip)
            if connection.recv(65_536) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


@pytest.mark.parametrize(("begin", "drip"), [
    (b"", b""), (b"G", b""), (b"GET / HTTP/1.1\r\nHost: x\r\n", b""), (b"GET / HTTP/1.1\r\nHost: x\r\n", b"x"),
    (b"GET /", b"a"), (b"", b"\r\n"), (b"GET / HTTP/1.1\r\nX: ", b"a\r\nX: "), (GET, b"\r\n"), (GET, b"G"),
    (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", b""),
    (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc", b"x"),
    (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"a"),
    (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a"), (UPGRADE[:-2], b"X: y\r\n"),
], ids=range(15))
def test_what_drips_in_is_closed(open_one: Open, begin: bytes, drip: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """A head, a body, a chunk, a trailer without an end; and nobody logs a traceback about it."""
    connection = open_one()
    connection.sendall(begin)
    assert closed(connection, drip)
    assert "Traceback" not in caplog.text and "could not be answered" not in caplog.text


def test_who_waits_for_a_body_learns_that_it_never_comes(open_one: Open, app: App) -> None:
    """Nothing stays behind."""
    open_one().sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    assert app.gone.wait(PATIENT)


def test_a_large_file_over_a_poor_line(open_one: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps coming may take its time."""
    monkeypatch.setattr(connection_limits, "SLOWEST_BODY", 1)
    slow, other = open_one(), open_one()
    slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + b"x" * 1000)
    other.sendall(b"G")
    assert closed(other)  # the patience is over
    slow.sendall(b"x" * 1000)
    assert slow.recv(65_536).endswith(b"2000")


@pytest.mark.parametrize("flood", [
    b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 8000,
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40_000,
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + b"X: y\r\n" * 60_000,
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"a" * 400_000,
], ids=["address", "headers", "header", "trailers", "chunk"])
def test_a_head_has_a_size(open_one: Open, flood: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is neither body nor head of a reasonable size closes the connection, at once."""
    monkeypatch.setattr(connection_limits, "PATIENCE_SECONDS", 3600.0)
    connection = open_one()
    try:
        connection.sendall(flood)
    except OSError:
        return
    assert closed(connection)


@pytest.mark.parametrize("framing", [
    b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 4",
    b"Content-Length: 4\r\nContent-Length: 40", b"Transfer-Encoding: chunked, x",
    b"Transfer-Encoding: x\r\nContent-Length: 4", b"Transfer-Encoding : chunked", b"Content-Length: +4",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x"], ids=range(8))
def test_where_a_request_ends_is_not_in_doubt(open_one: Open, framing: bytes) -> None:
    """Else a proxy and the gateway might disagree, and what one takes for a body be a request to the other."""
    connection = open_one()
    hidden = b"GET / HTTP/1.1\r\nHost: hidden\r\n\r\n"
    connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\n0\r\n\r\n" + hidden)
    connection.settimeout(PATIENT)
    said = b""
    while piece := connection.recv(65_536):
        said += piece
    assert said.count(b"HTTP/1.1 ") == 1 and said.startswith(b"HTTP/1.1 400")
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in said and b"frame-ancestors 'none'" in said


@pytest.mark.parametrize("path", [b"/socket", b"/nowhere"])
def test_a_refused_socket_is_marked(open_one: Open, path: bytes) -> None:
    """With the headers of every answer, and one answer alone."""
    connection = open_one()
    connection.sendall(
        b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: https://evil\r\n\r\n")
    connection.settimeout(PATIENT)
    said = b""
    while b"\r\n\r\n" not in said and (piece := connection.recv(65_536)):
        said += piece
    status = b"HTTP/1.1 101" if path == b"/socket" else b"HTTP/1.1 403"
    assert said.startswith(status) and said.count(b"HTTP/1.1 ") == 1
    assert path == b"/socket" or b"nosniff" in said


def test_an_answer_that_nobody_reads(open_one: Open, app: App) -> None:
    """Is given up."""
    open_one().sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
    assert app.gone.wait(PATIENT)


@pytest.mark.parametrize("open_one", [""], indirect=True)
def test_an_address_has_so_many(open_one: Open, refused: RefusalLog, caplog: pytest.LogCaptureFixture) -> None:
    """One too many is closed; when another goes, there is room again, also for what became a WebSocket."""
    held = [open_one() for _ in range(connection_limits.CONNECTIONS_A_SOCKET)]
    held[0].sendall(UPGRADE)
    assert b"101" in held[0].recv(65_536)
    for connection in held[1:]:
        connection.sendall(GET)
        assert b"200 OK" in connection.recv(65_536)
    with closing(open_one()) as other:
        assert closed(other)
    refused.flush()
    assert "too many connections, 1 times, 1 clients, most often 127.0.0.1 (1 times)" in caplog.text
    held[0].close()
    until = time.monotonic() + PATIENT
    answer = b""
    while b"200 OK" not in answer and time.monotonic() < until:
        again = open_one()
        try:
            again.sendall(GET)
            answer = again.recv(65_536)
        except OSError:
            continue
    assert b"200 OK" in answer


def test_a_proxy_speaks_for_all(open_one: Open) -> None:
    """Its connections are not counted."""
    for _ in range(4 * connection_limits.CONNECTIONS_A_SOCKET):
        connection = open_one()
        connection.sendall(GET)
        assert b"200 OK" in connection.recv(65_536)


@pytest.mark.parametrize(("open_one", "told"), [
    ("127.0.0.1", b"203.0.113.9 by https"), ("127.0.0.0/8,10.0.0.7", b"203.0.113.9 by https"),
    ("10.0.0.7", b"127.0.0.1 by http"), ("", b"127.0.0.1 by http")], indirect=["open_one"])
def test_where_a_client_comes_from(open_one: Open, told: bytes) -> None:
    """As the trusted proxy says it, which comes last: what the client says before is not believed, nor anybody else."""
    connection = open_one()
    connection.sendall(b"GET /whose HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n"
                       b"X-Forwarded-For: 127.0.0.1, 192.0.2.66\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n")
    assert connection.recv(65_536).endswith(told)
