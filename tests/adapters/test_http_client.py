"""Requests to one server over connections that stay open, against a server that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.adapters.http_client import Answer, HttpClient
from bot.adapters.rasa import RasaBot
from bot.core.errors import BotUnavailable
from bot.ports import BotTurn

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TURN = BotTurn("c-1", "m-1", "halo", {})


class Cut(bytes):
    """The beginning of an answer, after which the connection is closed."""


CLOSE = Cut()


class Server:
    """Answers each request with the next of `answers`, and keeps what it got."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.connections = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self.writers.append(writer)
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            self.requests.append(head + await reader.readexactly(length))
            answer = self.answers.pop(0)
            writer.write(answer)
            if isinstance(answer, Cut):
                break
        writer.close()


def run(server: Server, use: Callable[[int], Awaitable[Any]]) -> Any:
    """Use a port on which `server` answers."""

    async def main() -> Any:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        try:
            return await use(listening.sockets[0].getsockname()[1])
        finally:
            listening.close()
            for writer in server.writers:
                writer.close()

    return asyncio.run(main())


def ask(server: Server, times: int = 1, seconds: float = 5.0, pause: float = 0.0) -> list[Answer]:
    """Answers to requests one after the other, by one client."""

    async def use(port: int) -> list[Answer]:
        client = HttpClient("127.0.0.1", port, {"Authorization": "Bearer s"})
        answers = []
        for number in range(times):
            answers.append(await client.request("POST", "/x", b"body %d" % number, seconds=seconds))
            await asyncio.sleep(pause)
        return answers

    answers: list[Answer] = run(server, use)
    return answers


def test_one_connection_for_many_requests() -> None:
    """With its headers and its body each."""
    server = Server(OK, OK, OK)
    assert ask(server, 3) == [Answer(200, b"ok")] * 3
    assert server.connections == 1
    assert all(b"Authorization: Bearer s\r\n" in request for request in server.requests)
    assert [request[-6:] for request in server.requests] == [b"body 0", b"body 1", b"body 2"]


def test_a_chunked_answer_in_pieces() -> None:
    """Read as one; an interim answer before it does not count."""
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Away\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert ask(Server(head + b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", OK), 2) == [Answer(503, b"abc"), Answer(200, b"ok")]


def test_a_connection_that_the_server_does_not_keep() -> None:
    """The next request has another."""
    server = Server(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), OK)
    assert ask(server, 2) == [Answer(200, b"ok")] * 2
    assert server.connections == 2


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_a_connection_that_was_left_meanwhile(pause: float) -> None:
    """Asked again on a new one, whether the end was seen before the request or after it."""
    server = Server(OK, CLOSE, OK)
    assert ask(server, 2, pause=pause) == [Answer(200, b"ok")] * 2
    assert server.connections == 2


@pytest.mark.parametrize("answers", [[CLOSE], [b"nonsense\r\n\r\n"], [Cut(OK[:-1])], [OK, Cut(b"HTTP/1.1 200 O")]])
def test_no_answer(answers: list[bytes]) -> None:
    """An error and no other attempt: a new connection that closed, no HTTP, half an answer."""
    server = Server(*answers)
    with pytest.raises(ConnectionError):
        ask(server, len(answers))
    assert server.connections == 1


def test_nobody_there_and_nobody_who_answers() -> None:
    """Both are `OSError`; a connection without its answer is not used again."""
    with pytest.raises(OSError):
        asyncio.run(HttpClient("127.0.0.1", 1, {}).request("GET", "/", seconds=5))
    with pytest.raises(TimeoutError):
        ask(Server(b"", OK), seconds=0.05)

    async def use(port: int) -> Answer:
        client = HttpClient("127.0.0.1", port, {})
        with pytest.raises(TimeoutError):
            await client.request("GET", "/", seconds=0.05)
        return await client.request("GET", "/", seconds=5)

    server = Server(b"", OK)
    assert run(server, use) == Answer(200, b"ok")
    assert server.connections == 2


def test_an_answer_without_end() -> None:
    """Is cut off."""
    huge = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * 9_999_999
    with pytest.raises(ConnectionError):
        ask(Server(huge))


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"bubbles": [], "state": {}}', b"\xff"])
def test_a_reply_that_is_none(body: bytes) -> None:
    """The bot is asked again later."""
    server = Server(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    with pytest.raises(BotUnavailable):
        run(server, lambda port: RasaBot(f"http://127.0.0.1:{port}", "s").reply(TURN))


def test_health() -> None:
    """200 alone is well."""
    for status, well in ((b"200 OK", True), (b"503 Away", False), (b"401 No", False)):
        server = Server(OK.replace(b"200 OK", status))
        assert run(server, lambda port: RasaBot(f"http://127.0.0.1:{port}", "s").is_up()) is well
