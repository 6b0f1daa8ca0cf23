"""Shows the demo to browsers on this machine alone, and to nobody who comes through a proxy.

The demo makes identity tokens of any customer. The settings say that only this machine is meant to reach it; a proxy
that Kilat was not told of shows in the requests.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.settings import is_loopback

logger = logging.getLogger(__name__)

LONGEST_NAME = 64
MOST_TOLD = 20
# Headers of browsers. Proxies add others, each its own, so no list of theirs would be complete.
_OF_BROWSERS = frozenset({
    "host", "user-agent", "connection", "cookie", "origin", "referer", "cache-control", "pragma", "range", "te",
    "upgrade-insecure-requests", "dnt", "priority", "purpose", "save-data", "authorization", "x-requested-with",
})
_PREFIXES_OF_BROWSERS = ("accept", "content-", "if-", "sec-")


class LocalOnly:
    """Middleware that answers 404 to everybody else, as if there were no demo."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on requests from this machine."""
        sign = sign_of_a_stranger(scope)
        if sign is None:
            await self._app(scope, receive, send)
            return
        if sign not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(sign)
            logger.warning("The demo answers this machine alone, and a request came from elsewhere (%s). Behind a "
                           "proxy set KILAT_IDENTITY_SECRET, or KILAT_DEMO=off.", sign)
        await PlainTextResponse("Not Found", 404)(scope, receive, send)


def sign_of_a_stranger(scope: Scope) -> str | None:
    """A sign that a request does not come straight from a browser on this machine; `None` without one."""
    headers = Headers(scope=scope)
    for name in headers:
        if name not in _OF_BROWSERS and not name.startswith(_PREFIXES_OF_BROWSERS):
            return f"the header {name[:LONGEST_NAME]}"
    if headers.get("connection", "").strip().lower() == "close":
        return "the header connection: close, as some proxies send it"
    if len(headers.getlist("host")) > 1:
        return "the header host, more than once"
    if scope.get("http_version") == "1.0":
        return "HTTP/1.0, as some proxies speak it"
    client = scope.get("client")
    if client is None or not is_loopback(client[0]):
        return "the client's address"
    if not _is_here(f"//{headers.get('host', '')}"):
        return "the header host"
    if (origin := headers.get("origin")) is not None and not _is_here(origin):
        return "the header origin"
    return None


def _is_here(address: str) -> bool:
    try:
        return is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False
