"""Cookies that are bound to this host. Over https their names begin with `__Host-`: no other host, no subdomain and no
plain `http://` page can plant or overwrite such a cookie, and browsers send it to this very host alone.

The prefix demands the path `/`. Over plain http, which is for one's own machine, names have no prefix and paths are
narrow.
"""

from __future__ import annotations

from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

PREFIX = "__Host-"


def is_https(connection: HTTPConnection) -> bool:
    """True when the client speaks TLS: to this process, or to a proxy that uvicorn trusts (`X-Forwarded-Proto`)."""
    return connection.scope["scheme"] in ("https", "wss")


def kept(connection: HTTPConnection, name: str) -> str | None:
    """The value that the browser sent for the cookie `name`; `None` without one. Our values are plain words, so
    nothing is unquoted. Python's own parser takes quadratic time to unquote (CVE-2024-7592), and anybody may send a
    cookie."""
    wanted = f"{_full(connection, name)}="
    pairs = (pair.strip() for header in connection.headers.getlist("cookie") for pair in header.split(";"))
    return next((pair[len(wanted):] for pair in pairs if pair.startswith(wanted)), None)


def keep(connection: HTTPConnection, answer: Response, name: str, value: str, seconds: int | None = None, *,
         path: str = "/", samesite: Literal["lax", "strict"] = "strict") -> None:
    """Give the browser a cookie for `seconds` (`None`: until the browser is closed) that no script reads."""
    secure = is_https(connection)
    answer.set_cookie(_full(connection, name), value, seconds, path="/" if secure else path, secure=secure,
                      httponly=True, samesite=samesite)


def drop(connection: HTTPConnection, answer: Response, name: str, *, path: str = "/") -> None:
    """Make the browser forget a cookie that `keep` gave with the same `path`."""
    secure = is_https(connection)
    answer.delete_cookie(_full(connection, name), path="/" if secure else path, secure=secure, httponly=True)


def _full(connection: HTTPConnection, name: str) -> str:
    return PREFIX + name if is_https(connection) else name
