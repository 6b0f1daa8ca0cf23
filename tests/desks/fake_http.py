"""A server in a thread that stands in for somebody else's, on a real port: it can break, be slow, and go away."""

from __future__ import annotations

import asyncio
import email
from collections.abc import Sequence
from email.policy import HTTP
from typing import Any, TypeVar

import pytest
import uvicorn
from server_in_thread import ThreadServer
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.adapters.port_check import free_port

SLOW_SECONDS = 3.0


class Wrong(Exception):
    """The request is not one that the real server would take."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class FakeHttp:
    """Serves `routes`. `faults` are what becomes of the next calls that change something: `error` (a 503), `busy` (a
    429 that asks for a second), `lost` (it is done, and no answer comes), one each, `""` for none. `unread` are parts
    of paths: the next call that reads one is answered with a 503, once each."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.faults: list[str] = []
        self.unread: list[str] = []
        self.calls: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._routes = list(routes)
        self._server: ThreadServer | None = None

    def start(self) -> None:
        """Be there."""
        app = Starlette(routes=self._routes)
        app.add_exception_handler(Wrong, self._refuse)  # type: ignore[arg-type]
        app.add_middleware(BaseHTTPMiddleware, dispatch=self._break)
        config = uvicorn.Config(app, port=self.port, log_level="critical", lifespan="off", ws="none")
        self._server = ThreadServer(config)
        self._server.begin()

    def stop(self) -> None:
        """Be away; what is stored stays."""
        if self._server is not None:
            self._server.leave()
            self._server = None

    async def _break(self, request: Request, call_next: Any) -> Response:
        self.calls.append((request.method, request.url.path))
        for part in self.unread:
            if request.method == "GET" and part in request.url.path:
                self.unread.remove(part)
                return JSONResponse({"error": "out of order"}, 503)
        fault = self.faults.pop(0) if self.faults and request.method in ("POST", "PUT") else ""
        if fault == "error":
            return JSONResponse({"error": "out of order"}, 503)
        if fault == "busy":
            return JSONResponse({"error": "slow down"}, 429, headers={"Retry-After": "1"})
        response: Response = await call_next(request)
        if fault == "lost":
            await asyncio.sleep(SLOW_SECONDS)
        return response

    def _refuse(self, _request: Request, error: Wrong) -> Response:
        self.wrong.append(str(error))
        return JSONResponse({"error": str(error)}, error.status)


_Server = TypeVar("_Server", bound=FakeHttp)


def serve(server: _Server, request: pytest.FixtureRequest) -> _Server:
    """Start `server` for one test. At the test's end it was never asked for what the real one does not know."""

    def end() -> None:
        server.stop()
        assert not server.wrong

    request.addfinalizer(end)
    server.start()
    return server


async def fields(request: Request, required: dict[str, type],
                 optional: dict[str, type] | None = None) -> dict[str, Any]:
    """The JSON body; `Wrong` unless it has what it must have, of the right type, and nothing unknown."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Wrong(415, "not JSON")
    body = await request.json()
    known = {**required, **(optional or {})}
    for name, kind in known.items():
        if (name in body or name in required) and not isinstance(body.get(name), kind):
            raise Wrong(422, f"{request.url.path}: {name} must be a {kind.__name__}, not {body.get(name)!r}")
    if strangers := body.keys() - known.keys():
        raise Wrong(422, f"{request.url.path}: nobody knows {sorted(strangers)}")
    return dict(body)


async def form(request: Request) -> dict[str, Any]:
    """The fields of a form; a file is its name, its media type and its content."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise Wrong(415, "not a form")
    whole = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + await request.body(), policy=HTTP)
    parts: dict[str, Any] = {}
    for part in whole.iter_parts():  # type: ignore[attr-defined]
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        file = part.get_filename()
        parts[name] = (file, part.get_content_type(), content) if file else content.decode()
    return parts
