"""Allowed origins, clients' addresses, and the security headers that OWASP's cheat sheets ask for."""

from __future__ import annotations

import logging
import re
from ipaddress import IPv4Address, IPv6Network, ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.live.refusal_log import RefusalLog
from bot.settings import Settings

logger = logging.getLogger(__name__)

LONGEST_HOST = 64
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# For a year, browsers use https alone for this host and its subdomains.
_OVER_HTTPS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
# The policy of an answer that is no page.
_NO_PAGE = (
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox")
_SVG = "image/svg+xml"
_CORS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-File-Name",
    "Access-Control-Expose-Headers": "Content-Disposition, Retry-After",
    "Access-Control-Max-Age": "7200",
}


def is_allowed(headers: Headers, settings: Settings) -> bool:
    """True for a page of an allowed origin or the gateway's own, and for a client that is no browser (no origin)."""
    origin = headers.get("origin")
    if origin is None or "*" in settings.allowed_origins or origin in settings.allowed_origins:
        return True
    scheme, _, host = origin.partition("://")
    return scheme in ("http", "https") and host != "" and host == headers.get("host")


def address_of(connection: HTTPConnection) -> str:
    """The client's address (see `network_of`); behind a trusted proxy, uvicorn puts the real one here."""
    return network_of(connection.client.host if connection.client else "unknown")


def network_of(host: str) -> str:
    """The address by which clients are told apart: of IPv6 the /64 network, which one subscriber has; the beginning of
    a text that is no address."""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:LONGEST_HOST]
    if isinstance(address, IPv4Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address.packed[:8] + bytes(8), 64)))


class SecurityHeaders:
    """Middleware: security headers on every answer, CORS for allowed origins, 403 to other origins of the API. Counts
    refused requests."""

    def __init__(self, app: ASGIApp, settings: Settings, refused: RefusalLog) -> None:
        self._app = app
        self._settings = settings
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add headers to the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, self._refusing(scope, send))
            return
        asked = Headers(scope=scope)
        if not _HOST.fullmatch(asked.get("host", "none")):
            # Redirects and callbacks are made of the host.
            await self._answer(400, scope, send, asked, api=False, allowed=False)
            return
        api = scope["path"].startswith("/v1/")
        allowed = is_allowed(asked, self._settings)
        if api and (not allowed or scope["method"] == "OPTIONS"):
            await self._answer(204 if allowed else 403, scope, send, asked, api=api, allowed=allowed)
            return

        started = False

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._count(scope, message["status"])
                self._mark(MutableHeaders(scope=message), scope, asked, api=api, allowed=allowed)
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except ClientDisconnect:  # in the middle of its request
            return
        except Exception:  # the edge: the framework's own answer would come without these headers
            logger.exception("A request could not be answered.")
            if started:
                raise
            await PlainTextResponse("Internal Server Error", 500)(scope, receive, marked)

    async def _answer(self, status: int, scope: Scope, send: Send, asked: Headers, *, api: bool, allowed: bool) -> None:
        """Answer without a body, and without the application."""
        headers = MutableHeaders()
        self._count(scope, status)
        self._mark(headers, scope, asked, api=api, allowed=allowed)
        await send({"type": "http.response.start", "status": status, "headers": headers.raw})
        await send({"type": "http.response.body", "body": b""})

    def _count(self, scope: Scope, status: int) -> None:
        self._refused.answer(status, scope["path"], address_of(HTTPConnection(scope)))

    def _refusing(self, scope: Scope, send: Send) -> Send:
        """`send` of a WebSocket. Closing one before it is open becomes a 403 with the headers of every answer."""
        is_open = "websocket.http.response" not in scope.get("extensions", {})

        async def marked(message: Message) -> None:
            nonlocal is_open
            if message["type"] == "websocket.close" and not is_open:
                self._count(scope, 403)
                headers = MutableHeaders(marks(scope["scheme"]))
                await send({"type": "websocket.http.response.start", "status": 403, "headers": headers.raw})
                await send({"type": "websocket.http.response.body", "body": b""})
                return
            is_open = True
            await send(message)

        return marked

    def _mark(self, headers: MutableHeaders, scope: Scope, asked: Headers, *, api: bool, allowed: bool) -> None:
        for name, value in marks(scope["scheme"]).items():
            headers.setdefault(name, value)
        if headers.get("Content-Type") == _SVG:  # Starlette adds a charset to `text/…` alone
            headers["Content-Type"] = f"{_SVG}; charset=utf-8"
        if api:
            headers["Cache-Control"] = "no-store"
            headers.add_vary_header("Origin")
            if allowed and (origin := asked.get("origin")):
                headers["Access-Control-Allow-Origin"] = origin
                for name, value in _CORS.items():
                    headers[name] = value


def marks(scheme: str) -> dict[str, str]:
    """The headers of an answer over `scheme` that is no page."""
    over_https = _OVER_HTTPS if scheme in ("https", "wss") else {}
    return {**_ALWAYS, **over_https, "Content-Security-Policy": _NO_PAGE}
