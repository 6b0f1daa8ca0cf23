"""Who may ask a process that is none of the public's: the action server, and Rasa.

Both listen on this machine only. That keeps out neither other programs on it nor pages in its browsers, which may send
a form or `text/plain` anywhere. So each request carries the internal secret, bodies are JSON, and pages get nothing.
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
    """The header that opens a private process."""
    return {"Authorization": f"Bearer {secret}"}


def is_opened(request: Request, secret: str) -> bool:
    """True when the request carries `secret` as its bearer token; in equal time for every wrong one."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(errors="replace"), secret.encode())


def guard(app: Sanic, secret: str, open_to_all: str | None = None) -> None:
    """Let in who carries `secret`, with JSON and without a foreign origin; harmless when done twice.

    Routes below `open_to_all` ask for no secret. What has no route is 404 for everybody: an
    exception on the way there would be answered by rasa_sdk, with a traceback in the log and what was sent in the body.
    """
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
    """A blueprint that brings `guard` along: Rasa hands out its application in no other way."""

    def __init__(self, name: str, secret: str, open_to_all: str | None = None) -> None:
        super().__init__(name)
        self.ctx.guard_by = secret, open_to_all

    def register(self, app: Sanic, options: Any) -> None:
        """Called by Sanic."""
        guard(app, *self.ctx.guard_by)
        super().register(app, options)  # type: ignore[no-untyped-call]


def _foreign(request: Request) -> HTTPResponse | None:
    """The answer to a page of another site, and to a body that is not declared as JSON."""
    origin = request.headers.get("origin")
    if origin is not None and not _is_own(origin, request.headers.get("host", "")):
        return _refused(403, "pages may not ask here")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in _WITH_BODY and media_type != JSON:
        return _refused(415, f"the body must be declared as {JSON}")
    return None


def _is_own(origin: str, host: str) -> bool:
    """True for a page of this very address, called by a name that nobody else's DNS can give it."""
    try:
        return origin == f"http://{host}" and urlsplit(origin).hostname in _HOME
    except ValueError:
        return False


def _refused(status: int, why: str) -> HTTPResponse:
    return response.json({"error": why}, status=status)
