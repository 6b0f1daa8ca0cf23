"""How the client reads a server's answers, against a stand-in with odd ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from desks.fake_http import FakeHttp
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.adapters.desks.matrix.client import MatrixClient, MatrixRefused
from bot.core.errors import DeskUnavailable

CLIENT = "/_matrix/client/v3"


async def _busy(_request: Request) -> Response:
    return JSONResponse({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}, 429)


async def _calm(_request: Request) -> Response:
    return JSONResponse({"errcode": "M_LIMIT_EXCEEDED"}, 429, {"Retry-After": "3"})


async def _both(_request: Request) -> Response:
    return JSONResponse({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": "soon"}, 429, {"Retry-After": "4"})


async def _away(_request: Request) -> Response:
    return PlainTextResponse("back soon", 503, {"Retry-After": "7"})


async def _forbidden(_request: Request) -> Response:
    return JSONResponse({"errcode": "M_FORBIDDEN", "error": "no"}, 403)


async def _page(_request: Request) -> Response:
    return PlainTextResponse("<h1>Welcome</h1>")


async def _broken(_request: Request) -> Response:
    return PlainTextResponse("out of order", 502)


async def _unknown(_request: Request) -> Response:
    return JSONResponse({"errcode": "M_UNRECOGNIZED"}, 404)


async def _file(_request: Request) -> Response:
    return Response(b"x" * 1000)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeHttp]:
    """A server before version 1.11, with paths for odd answers."""
    server = FakeHttp([
        Route(f"{CLIENT}/busy", _busy), Route(f"{CLIENT}/calm", _calm), Route(f"{CLIENT}/both", _both),
        Route(f"{CLIENT}/away", _away), Route(f"{CLIENT}/forbidden", _forbidden), Route(f"{CLIENT}/page", _page),
        Route(f"{CLIENT}/broken", _broken), Route("/_matrix/client/v1/media/download/{rest:path}", _unknown),
        Route("/_matrix/media/v3/download/example.org/here", _file)])
    server.start()
    yield server
    server.stop()


def ask(url: str, step: Callable[[MatrixClient], Awaitable[Any]]) -> Any:
    """The result of a call."""

    async def run() -> Any:
        client = MatrixClient(url, "token")
        try:
            return await step(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


@pytest.mark.parametrize(("path", "seconds"), [("busy", 1.5), ("calm", 3.0), ("both", 4.0), ("away", 7.0)])
def test_busy(server: FakeHttp, path: str, seconds: float) -> None:
    """The pause is in the header; older servers say it in the body."""
    with pytest.raises(DeskUnavailable) as refused:
        ask(server.url, lambda client: client.get(path))
    assert refused.value.retry_after == seconds
    assert not isinstance(refused.value, MatrixRefused)


def test_refused(server: FakeHttp) -> None:
    """A refusal has its status and code."""
    with pytest.raises(MatrixRefused) as refused:
        ask(server.url, lambda client: client.get("forbidden"))
    assert (refused.value.status, refused.value.code) == (403, "M_FORBIDDEN")


@pytest.mark.parametrize("path", ["page", "broken"])
def test_no_answer_of_matrix(server: FakeHttp, path: str) -> None:
    """The page or the failure of a proxy is no answer of Matrix."""
    with pytest.raises(DeskUnavailable) as refused:
        ask(server.url, lambda client: client.get(path))
    assert not isinstance(refused.value, MatrixRefused)


def test_nobody_there() -> None:
    """The error does not hold the address, as logs show it."""
    with pytest.raises(DeskUnavailable) as refused:
        ask("http://127.0.0.1:9", lambda client: client.get("sync", since="secret"))
    assert "127.0.0.1" not in str(refused.value) and "secret" not in str(refused.value)


def test_files_of_an_old_server(server: FakeHttp) -> None:
    """The client asks at the new path first, and reads no more than the limit."""
    assert ask(server.url, lambda client: client.download("mxc://example.org/here", 5000)) == b"x" * 1000
    assert ask(server.url, lambda client: client.download("mxc://example.org/here", 99)) == b"x" * 100
    with pytest.raises(MatrixRefused):
        ask(server.url, lambda client: client.download("mxc://example.org/gone", 99))
