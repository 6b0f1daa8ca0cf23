"""`/agent/account`: an agent's own password, second factor and sessions. Changes that a thief of a session must not
make ask for the password again, and for a code if the sign-in does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import segno
from babel.dates import format_datetime
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.adapters.password_hashing import LONGEST, SHORTEST, Passwords
from bot.adapters.password_rules import PasswordRules
from bot.adapters.sql.agent_sessions import OIDC, AgentSession
from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.second_factor import SqlSecondFactor, new_secret, uri_of
from bot.web.console import sessions
from bot.web.console.login import Login
from bot.web.console.page_templates import Pages, form_of, language_of
from bot.web.console.pending_logins import Waiting
from bot.web.console.sessions import ACCOUNT, must_enrol, require, sessions_of
from bot.web.headers import address_of

# How long a new secret waits for its first code.
ENROL_SECONDS = 900.0

Form = dict[str, str]
Step = Callable[[Request, AgentSession, Form], Awaitable[Response]]


class Account:
    """The page and its forms; times are shown in the time zone `zone`."""

    def __init__(
        self, pages: Pages, login: Login, agents: SqlAgents, second: SqlSecondFactor, rules: PasswordRules, zone: str,
        now: Callable[[], datetime], clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pages = pages
        self._login = login
        self._agents = agents
        self._second = second
        self._rules = rules
        self._zone = ZoneInfo(zone)
        self._now = now
        self._enrolling: Waiting[str] = Waiting(ENROL_SECONDS, clock)

    def routes(self) -> list[BaseRoute]:
        """The page, and the addresses of its forms."""

        def form(name: str, step: Step) -> Route:
            handler = self._pages.guarded(require(self._own(step), enrolled=False))
            return Route(f"{ACCOUNT}/{name}", handler, methods=["POST"])

        return [
            Route(ACCOUNT, self._pages.guarded(require(self._show, enrolled=False)), methods=["GET"]),
            form("password", self._password), form("totp", self._begin), form("totp/on", self._on),
            form("totp/off", self._off), form("recovery", self._renew), form("sessions", self._end),
        ]

    def _own(self, step: Step) -> sessions.Page:
        """`step` as a handler that answers 403 to forms of other pages."""

        async def handler(request: Request, session: AgentSession) -> Response:
            form = await form_of(request)
            if not sessions.is_own_origin(request) or not sessions.is_secret(form.get("csrf"), session.csrf):
                return Response(status_code=403)
            return await step(request, session, form)

        return handler

    async def _show(self, request: Request, session: AgentSession, problem: str = "", where: str = "",
                    status: int = 200, **values: object) -> Response:
        """The page, with the `problem` of the form `where`."""
        account, lang = session.account, language_of(request)
        opened = await asyncio.to_thread(sessions_of(request).of, account)
        left = await asyncio.to_thread(self._second.left, account) if account.has_totp else 0
        return self._pages.page(
            request, "account.html", status, account=account, csrf=session.csrf, sessions=opened, current=session.id,
            done=request.query_params.get("done", ""), problem=problem, where=where, left=left, shortest=SHORTEST,
            longest=LONGEST, must=must_enrol(request, session), required=request.app.state.totp_required,
            by_provider=session.via == OIDC, zone=self._zone.key, **{"minutes": 0, **values},
            at=lambda at: format_datetime(at.astimezone(self._zone), "d MMM y HH:mm", locale=lang))

    async def _confirmed(self, request: Request, session: AgentSession, form: Form, where: str) -> Response | None:
        """`None` when the typed password is the agent's, and the code is right if the sign-in asks for one; else the
        page that says what is wrong."""
        async with self._login.room:
            attempt = await asyncio.to_thread(
                sessions_of(request).confirm, session, form.get("current", ""), address_of(request))
        is_right, until, wrong = attempt.account is not None, attempt.locked_until, "wrong"
        if attempt.account is not None and attempt.account.has_totp:
            checked = await asyncio.to_thread(self._second.confirm, session, form.get("code", ""), address_of(request))
            is_right, until, wrong = checked.is_right, checked.locked_until, "code"
        if is_right:
            return None
        if until is None:
            return await self._show(request, session, wrong, where, 401)
        minutes = max(1, round((until - self._now()).total_seconds() / 60))
        return await self._show(request, session, "later", where, 429, minutes=minutes)

    async def _password(self, request: Request, session: AgentSession, form: Form) -> Response:
        """Change the password. The new one is checked before the code, which works once: a slip must not cost it."""
        new, account = form.get("new", ""), session.account
        if new != form.get("again", ""):
            return await self._show(request, session, "differ", "password", 422)
        weakness = await asyncio.to_thread(self._rules.weakness, new, (account.login, account.name))
        if weakness is not None:
            return await self._show(request, session, weakness.value, "password", 422)
        if (refused := await self._confirmed(request, session, form, "password")) is not None:
            return refused
        async with self._login.room:
            hashed = await asyncio.to_thread(Passwords().hash, new)
        await asyncio.to_thread(lambda: self._agents.change(
            account.login, by=account.login, address=address_of(request), keep=session.id, password_hash=hashed))
        return _back("password")

    async def _begin(self, request: Request, session: AgentSession, form: Form) -> Response:
        if session.account.has_totp:
            return _back()
        if (refused := await self._confirmed(request, session, form, "totp")) is not None:
            return refused
        return self._enrol(request, session, self._enrolling.keep(new_secret(), session.id))

    def _enrol(
        self, request: Request, session: AgentSession, name: str, problem: str = "", status: int = 200,
    ) -> Response:
        """The page with the secret `name`, as a picture and as text; the secret is stored nowhere yet."""
        secret = self._enrolling.get(name)
        if secret is None:
            return _back()
        code = segno.make(uri_of(session.account.login, secret), error="m")
        picture = code.svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True)
        groups = " ".join(secret[at:at + 4] for at in range(0, len(secret), 4))
        return self._pages.page(
            request, "totp.html", status, csrf=session.csrf, picture=Markup(picture), groups=groups, problem=problem)

    async def _on(self, request: Request, session: AgentSession, form: Form) -> Response:
        secret = self._enrolling.get(session.id)
        if secret is None or session.account.has_totp:
            return _back()
        typed = "".join(form.get("code", "")[:20].split())
        codes = await asyncio.to_thread(self._second.enable, session, secret, typed, address_of(request))
        if not codes:
            return self._enrol(request, session, session.id, "code", 401)
        self._enrolling.drop(session.id)
        return self._codes(request, codes)

    async def _off(self, request: Request, session: AgentSession, form: Form) -> Response:
        if not session.account.has_totp or request.app.state.totp_required:
            return _back()
        if (refused := await self._confirmed(request, session, form, "off")) is not None:
            return refused
        account = session.account
        await asyncio.to_thread(self._second.disable, account, account.login, address_of(request), session.id)
        return _back("off")

    async def _renew(self, request: Request, session: AgentSession, form: Form) -> Response:
        if not session.account.has_totp:
            return _back()
        if (refused := await self._confirmed(request, session, form, "recovery")) is not None:
            return refused
        return self._codes(request, await asyncio.to_thread(self._second.renew, session.account, address_of(request)))

    def _codes(self, request: Request, codes: tuple[str, ...]) -> Response:
        return self._pages.page(request, "recovery.html", codes=codes)

    async def _end(self, request: Request, session: AgentSession, form: Form) -> Response:
        which = form.get("which", "")
        if not which:
            return _back()
        only = None if which == "others" else which
        await asyncio.to_thread(sessions_of(request).end_others, session, only, address_of(request))
        return _back("sessions")


def _back(done: str = "") -> Response:
    """Redirect to the page, which says what was `done`."""
    return RedirectResponse(f"{ACCOUNT}?done={done}" if done else ACCOUNT, 303, {"Cache-Control": "no-store"})
