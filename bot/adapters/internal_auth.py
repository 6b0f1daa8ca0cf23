"""Protects the private processes, Rasa and the action server.

Both listen on this machine only, but other programs and pages in its browsers can reach them, too; a page may send a
form or `text/plain` anywhere. So each request needs the internal secret and a JSON body, and pages are refused.
"""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

JSON = "application/json"
_WITH_BODY = ("POST", "PUT", "PATCH")
_HOME = ("127.0.0.1", "localhost", "::1")


def bearer(secret: str) -> dict[str, str]:
    """The header with the internal secret, for requests to a private process."""
    return {"Authorization": f"Bearer {secret}"}


def is_opened(request: Request, secret: str) -> bool:
    """True when the request has the bearer token `secret`; compared in constant time."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(errors="replace"), secret.encode())


def guard(app: Sanic, secret: str, open_to_all: str | None = None) -> None:
    """Accept only requests with `secret`, with JSON and without a foreign origin. May be called twice.

    Routes below `open_to_all` need no secret. Unknown routes get 404 here: rasa_sdk would answer the exception, and log
    a traceback with the request's content."""
    if getattr(app.ctx, "is_guarded", False):
        return
    app.ctx.is_guarded = True

    def check(request: Request) -> HTTPResponse | None:
        if request.route is None:
            return _refused(404, "there is nothing here")
        is_open = open_to_all is not None and f"/{request.route.path}/".startswith(open_to_all)
        if not is_open and not is_opened(request, secret):
            return _refused(401, "this is not the internal secret")
        return _foreign(request)

    app.register_middleware(check, "request")


class GuardedBlueprint(Blueprint):
    """A blueprint that calls `guard`: Rasa gives access to its application in no other way."""

    def __init__(self, name: str, secret: str, open_to_all: str | None = None) -> None:
        super().__init__(name)
        self.ctx.guard_by = secret, open_to_all

    def register(self, app: Sanic, options: Any) -> None:
        """Called by Sanic."""
        guard(app, *self.ctx.guard_by)
        super().register(app, options)  # type: ignore[no-untyped-call]


def _foreign(request: Request) -> HTTPResponse | None:
    """The refusal of a page of another site, or of a body that is not declared as JSON; `None`: accepted."""
    origin = request.headers.get("origin")
    if origin is not None and not _is_own(origin, request.headers.get("host", "")):
        return _refused(403, "pages may not ask here")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in _WITH_BODY and media_type != JSON:
        return _refused(415, f"the body must be declared as {JSON}")
    return None


def _is_own(origin: str, host: str) -> bool:
    """True for a page of this address, by a name that no foreign DNS can give it."""
    try:
        return origin == f"http://{host}" and urlsplit(origin).hostname in _HOME
    except ValueError:
        return False


def _refused(status: int, why: str) -> HTTPResponse:
    return response.json({"error": why}, status=status)
