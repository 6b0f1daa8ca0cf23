"""A refusal for one room blocks no other room, against a stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from desks.fake_http import FakeHttp
from desks.samples import PHRASES, sent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.adapters.desks import late_files
from bot.adapters.desks.matrix.client import MatrixRefused
from bot.adapters.desks.matrix.desk import MatrixDesk
from bot.adapters.desks.matrix.settings import MatrixSettings
from bot.core.errors import DeskUnavailable
from bot.ports import DeskNews

CLIENT, SARI = "/_matrix/client/v3", "@sari:example.org"
WORDS = {**PHRASES, "matrix_help": "Help.", "desk_refused_file_type": "Not this file."}
FILE = {"msgtype": "m.file", "body": "a.pdf", "url": "mxc://example.org/1"}


class Server(FakeHttp):
    """Kilat is in a room with Sari's events `said`. `media` answers a download, `send` a message of Kilat."""

    def __init__(self, *said: dict[str, Any]) -> None:
        super().__init__([
            Route(f"{CLIENT}/account/whoami", self._answer({"user_id": "@kilat:example.org"})),
            Route(CLIENT + "/join/{room}", self._answer({"room_id": "!team"}), methods=["POST"]),
            Route(CLIENT + "/rooms/!team/joined_members", self._answer({"joined": {SARI: {"display_name": "Sari"}}})),
            Route(f"{CLIENT}/joined_rooms", self._answer({"joined_rooms": ["!team", "!1"]})),
            Route(f"{CLIENT}/sync", self._sync), Route(CLIENT + "/rooms/{room}/messages", self._answer({"chunk": []})),
            Route(CLIENT + "/rooms/{room}/send/m.room.message/{name}", self._send, methods=["PUT"]),
            Route("/_matrix/media/v3/upload", self._refuse_file, methods=["POST"]),
            Route("/_matrix/client/v1/media/download/example.org/1", self._media)])
        self.said = said
        self.sent: list[dict[str, Any]] = []
        self.media = (200, {})
        self.send = (200, {"event_id": "$x"})

    def _answer(self, content: dict[str, Any]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(_request: Request) -> Response:
            return JSONResponse(content)
        return answer

    async def _sync(self, _request: Request) -> Response:
        events = [{"type": "m.room.message", "event_id": f"${place}", "sender": SARI, "content": content}
                  for place, content in enumerate(self.said)]
        return JSONResponse({"next_batch": "s2", "rooms": {"join": {"!1": {"timeline": {"events": events}}}}})

    async def _send(self, request: Request) -> Response:
        self.sent.append(await request.json())
        return JSONResponse(self.send[1], self.send[0])

    async def _refuse_file(self, _request: Request) -> Response:
        return JSONResponse({"errcode": "M_TOO_LARGE"}, 413)

    async def _media(self, _request: Request) -> Response:
        return JSONResponse(self.media[1], self.media[0])


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with a file, and a message after it."""
    fake = Server(FILE, {"msgtype": "m.text", "body": "Bisa dibuka?"})
    fake.start()
    yield fake
    fake.stop()


def news(server: Server, times: int = 1) -> list[DeskNews | None]:
    """The results of repeated calls of `news`; `None` for a call that failed."""

    async def main() -> list[DeskNews | None]:
        desk = MatrixDesk(MatrixSettings(server.url, "token", "#team:example.org"), WORDS, 100)
        told: list[DeskNews | None] = []
        for _ in range(times):
            try:
                told.append(await desk.news("s1", ["!1"]))
            except DeskUnavailable:
                told.append(None)
        await desk.aclose()
        return told

    return asyncio.run(main())


def heard(told: DeskNews | None) -> list[tuple[str, bytes | None]]:
    """(kind, file) of the events."""
    assert told is not None
    return [(event.kind, event.file) for event in told.events]


def test_a_file_that_is_not_uploaded_yet(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk waits for the file, and gives it up after a while, as all rooms share a cursor."""
    server.media = (504, {"errcode": "M_NOT_YET_UPLOADED"})
    assert news(server, 2) == [None, None]
    monkeypatch.setattr(late_files, "PATIENT_SECONDS", 0.0)
    assert heard(news(server)[0]) == [("file", b""), ("message", None)]


def test_a_file_that_was_removed(server: Server) -> None:
    """The file comes empty, and the agent gets a notice."""
    server.media = (404, {"errcode": "M_NOT_FOUND"})
    assert heard(news(server)[0]) == [("file", b""), ("message", None)]


def test_a_room_where_kilat_may_say_nothing() -> None:
    """The notice is lost; other rooms go on."""
    server = Server({"msgtype": "m.text", "body": "!halp"}, {"msgtype": "m.text", "body": "Halo"})
    server.send = (403, {"errcode": "M_FORBIDDEN"})
    server.start()
    try:
        assert heard(news(server)[0]) == [("message", None)]
    finally:
        server.stop()


def test_a_visitors_file_that_the_server_will_never_take(server: Server) -> None:
    """The agents get a notice of Kilat."""
    server.said = ()

    async def main() -> None:
        desk = MatrixDesk(MatrixSettings(server.url, "token", "#team:example.org"), WORDS, 100)
        await desk.relay("!1", sent(5, "foto.png", "image/png"), b"x")
        await desk.aclose()

    asyncio.run(main())
    assert [(one["msgtype"], one["body"]) for one in server.sent] == [
        ("m.notice", "The file foto.png is in the console.")]


@pytest.mark.parametrize(("status", "code"), [(401, "M_UNKNOWN_TOKEN"), (403, "M_FORBIDDEN")])
def test_a_case_is_closed_with_the_next_token(server: Server, status: int, code: str) -> None:
    """A signed-out Kilat can't close a case yet; a room that Kilat has left is over."""
    server.send = (status, {"errcode": code})

    async def main() -> None:
        desk = MatrixDesk(MatrixSettings(server.url, "token", "#team:example.org"), WORDS, 100)
        try:
            await desk.close("!1", "solved")
        finally:
            await desk.aclose()

    if status == 403:
        asyncio.run(main())
    else:
        with pytest.raises(MatrixRefused):
            asyncio.run(main())
