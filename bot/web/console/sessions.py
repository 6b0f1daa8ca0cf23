"""Who signs in at the console, and how a request tells that it is them: a cookie, and for forms a second secret.

The cookie goes to no script and with no request that another site begins (`bot.web.cookies`).
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
# Before somebody has signed in, a form's secret is kept in a cookie of its own.
FORM_COOKIE = "kilat_agent_form"
# By which a browser that somebody has signed in with is known again. It opens nothing: its tries are counted apart.
DEVICE_COOKIE = "kilat_agent_device"
PATH = "/agent"
LOGIN, ACCOUNT = "/agent/login", "/agent/account"
_FORM_SECONDS = 3600

Page = Callable[[Request, AgentSession], Awaitable[Response]]


async def agent_of(connection: HTTPConnection) -> AgentSession | None:
    """Whose request (or socket) this is; `None` for nobody's, and for an agent who must turn on the second factor
    first. `StoreUnavailable` when that can't be told."""
    session = await session_of(connection)
    return None if session is None or must_enrol(connection, session) else session


async def session_of(connection: HTTPConnection) -> AgentSession | None:
    """Who has signed in, whatever they must do first."""
    token = cookies.kept(connection, COOKIE)
    return await asyncio.to_thread(sessions_of(connection).find, token) if token else None


async def still_there(connection: HTTPConnection, session: AgentSession) -> AgentSession | None:
    """The session as it is now, for what lives long: a socket. `None`: it has ended, so close it."""
    return await asyncio.to_thread(sessions_of(connection).still, session.id)


def must_enrol(connection: HTTPConnection, session: AgentSession) -> bool:
    """True for somebody who came by a password alone where the second factor is required."""
    required: bool = connection.app.state.totp_required
    return required and session.via == PASSWORD and not session.account.has_totp


def sessions_of(connection: HTTPConnection) -> SqlAgentSessions:
    """The store of sessions."""
    sessions: SqlAgentSessions = connection.app.state.agent_sessions
    return sessions


def require(page: Page, *, enrolled: bool = True) -> Callable[[Request], Awaitable[Response]]:
    """A handler for agents; whoever has not signed in is sent to the login, who must turn on the second factor to where
    that is done, which alone is not for the `enrolled`."""

    async def handler(request: Request) -> Response:
        session = await session_of(request)
        if session is not None and not (enrolled and must_enrol(request, session)):
            return await page(request, session)
        if request.method != "GET":
            return Response(status_code=401)
        return RedirectResponse(ACCOUNT if session else LOGIN, 303, {"Cache-Control": "no-store"})

    return handler


def has_role(session: AgentSession, role: str) -> bool:
    """True when the agent is a `role`, or more than that."""
    return AGENT_ROLES.index(session.account.role) >= AGENT_ROLES.index(role)


def is_own_origin(connection: HTTPConnection) -> bool:
    """True for a page of this very origin, and for a client that is no browser (it sends no `Origin`)."""
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    scheme, _, host = origin.partition("://")
    return scheme in ("http", "https") and host != "" and host == connection.headers.get("host")


def is_secret(sent: str | None, kept: str | None) -> bool:
    """Compares secrets of forms; what isn't there is never right."""
    return bool(sent and kept) and hmac.compare_digest(str(sent).encode(), str(kept).encode())


def form_secret(request: Request) -> str:
    """The secret of the forms of somebody who has not signed in: the one they have, else a new one."""
    return cookies.kept(request, FORM_COOKIE) or secrets.token_urlsafe(24)


def keep_form_secret(request: Request, answer: Response, secret: str) -> None:
    """Give it to the browser, for the form to come back with."""
    cookies.keep(request, answer, FORM_COOKIE, secret, _FORM_SECONDS, path=PATH)


def source_of(request: Request) -> Source:
    """Where a try to sign in comes from."""
    return Source(address_of(request), cookies.kept(request, DEVICE_COOKIE) or "")


async def begin(request: Request, answer: Response, account: AgentAccount, via: str = PASSWORD) -> None:
    """The browser is signed in as `account` from this answer on, and known from now on."""
    browser = browser_name(request.headers.get("user-agent", ""))
    session = await asyncio.to_thread(sessions_of(request).open, account, source_of(request), browser, via)
    cookies.keep(request, answer, DEVICE_COOKIE, session.device, int(DEVICE_KNOWN_FOR.total_seconds()), path=PATH)
    cookies.keep(request, answer, COOKIE, session.token, int(LIFETIME.total_seconds()), path=PATH)
    cookies.drop(request, answer, FORM_COOKIE, path=PATH)


def end(request: Request, answer: Response) -> None:
    """The browser forgets who it was."""
    cookies.drop(request, answer, COOKIE, path=PATH)
