"""Sessions of agents: a cookie tells whose request it is, and forms carry a second secret.

No script reads the cookie, and no request that another site begins carries it (`bot.web.cookies`).
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from bot.adapters.sql.agent_sessions import LIFETIME, PASSWORD, AgentSession, SqlAgentSessions
from bot.adapters.sql.login_attempts import DEVICE_KNOWN_FOR, Source
from bot.ports import AgentAccount
from bot.ports.queue import AGENT_ROLES
from bot.web import cookies
from bot.web.console.user_agents import browser_name
from bot.web.headers import address_of

COOKIE = "kilat_agent"
# Holds a form's secret before the sign-in.
FORM_COOKIE = "kilat_agent_form"
# Marks a browser in which an agent has signed in before. It opens nothing; its attempts are counted apart.
DEVICE_COOKIE = "kilat_agent_device"
PATH = "/agent"
LOGIN, ACCOUNT = "/agent/login", "/agent/account"
_FORM_SECONDS = 3600

Page = Callable[[Request, AgentSession], Awaitable[Response]]


async def agent_of(connection: HTTPConnection) -> AgentSession | None:
    """The session of a request or a socket; `None` without one, and for an agent who must turn on the second factor
    first. Raises `StoreUnavailable`."""
    session = await session_of(connection)
    return None if session is None or must_enrol(connection, session) else session


async def session_of(connection: HTTPConnection) -> AgentSession | None:
    """The session, even of an agent who must turn on the second factor first."""
    token = cookies.kept(connection, COOKIE)
    return await asyncio.to_thread(sessions_of(connection).find, token) if token else None


async def still_there(connection: HTTPConnection, session: AgentSession) -> AgentSession | None:
    """The session as it is now, for a socket, which lives long; `None` when the session has ended."""
    return await asyncio.to_thread(sessions_of(connection).still, session.id)


def must_enrol(connection: HTTPConnection, session: AgentSession) -> bool:
    """True when the second factor is required and the agent signed in with a password alone."""
    required: bool = connection.app.state.totp_required
    return required and session.via == PASSWORD and not session.account.has_totp


def sessions_of(connection: HTTPConnection) -> SqlAgentSessions:
    """The store of sessions."""
    sessions: SqlAgentSessions = connection.app.state.agent_sessions
    return sessions


def require(page: Page, *, enrolled: bool = True) -> Callable[[Request], Awaitable[Response]]:
    """`page` as a handler for signed-in agents; others are sent to the sign-in. Agents who must turn on the second
    factor first are sent to their account, whose pages are not for the `enrolled` alone."""

    async def handler(request: Request) -> Response:
        session = await session_of(request)
        if session is not None and not (enrolled and must_enrol(request, session)):
            return await page(request, session)
        if request.method != "GET":
            return Response(status_code=401)
        return RedirectResponse(ACCOUNT if session else LOGIN, 303, {"Cache-Control": "no-store"})

    return handler


def has_role(session: AgentSession, role: str) -> bool:
    """True when the agent has `role` or a higher one."""
    return AGENT_ROLES.index(session.account.role) >= AGENT_ROLES.index(role)


def is_own_origin(connection: HTTPConnection) -> bool:
    """True for a page of this very origin, and for a client that is no browser (it sends no such headers)."""
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    scheme, _, host = origin.partition("://")
    return scheme in ("http", "https") and host != "" and host == connection.headers.get("host")


def is_secret(sent: str | None, kept: str | None) -> bool:
    """True when the secrets are equal; a missing or empty one is never right."""
    return bool(sent and kept) and hmac.compare_digest(str(sent).encode(), str(kept).encode())


def form_secret(request: Request) -> str:
    """The secret of the forms before the sign-in: the browser's, else a new one."""
    return cookies.kept(request, FORM_COOKIE) or secrets.token_urlsafe(24)


def keep_form_secret(request: Request, answer: Response, secret: str) -> None:
    """Give the browser the secret that the form will carry."""
    cookies.keep(request, answer, FORM_COOKIE, secret, _FORM_SECONDS, path=PATH)


def source_of(request: Request) -> Source:
    """Where an attempt to sign in comes from."""
    return Source(address_of(request), cookies.kept(request, DEVICE_COOKIE) or "")


async def begin(request: Request, answer: Response, account: AgentAccount, via: str = PASSWORD) -> None:
    """Sign the browser in as `account` with this answer, and mark it as known."""
    browser = browser_name(request.headers.get("user-agent", ""))
    session = await asyncio.to_thread(sessions_of(request).open, account, source_of(request), browser, via)
    cookies.keep(request, answer, DEVICE_COOKIE, session.device, int(DEVICE_KNOWN_FOR.total_seconds()), path=PATH)
    cookies.keep(request, answer, COOKIE, session.token, int(LIFETIME.total_seconds()), path=PATH)
    cookies.drop(request, answer, FORM_COOKIE, path=PATH)


def end(request: Request, answer: Response) -> None:
    """Sign the browser out with this answer."""
    cookies.drop(request, answer, COOKIE, path=PATH)
