"""Signs agents in at the console with a password and perhaps a code, and out again."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.adapters.sql.second_factor import SqlSecondFactor
from bot.live.rate_limits import TokenBuckets
from bot.ports import AgentAccount
from bot.web import cookies
from bot.web.console import sessions
from bot.web.console.page_templates import Pages, form_of
from bot.web.console.pending_logins import Waiting
from bot.web.console.sessions import LOGIN, PATH, session_of, sessions_of
from bot.web.headers import address_of

# Of one address. A whole office may sign in at nine.
TRIES_PER_MINUTE, TRIES_AT_ONCE = 10, 20
CODE = "/agent/login/code"
# How long a sign-in waits for the code after the right password.
HALF_SECONDS = 300.0
# A check of a password takes 64 MiB and a processor.
MOST_AT_ONCE = 2


class Login:
    """The forms for sign-in and sign-out. With `provider`, the form offers sign-in by OpenID Connect, too."""

    def __init__(
        self, pages: Pages, now: Callable[[], datetime], second: SqlSecondFactor, *, provider: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pages = pages
        self._second = second
        self._half: Waiting[tuple[str, AgentAccount]] = Waiting(HALF_SECONDS, clock)
        self._now = now
        self._provider = provider
        self.tries = TokenBuckets(TRIES_PER_MINUTE, TRIES_AT_ONCE)
        self.room = asyncio.Semaphore(MOST_AT_ONCE)

    def routes(self) -> list[BaseRoute]:
        """`/agent/login` and `/agent/logout`."""
        guarded = self._pages.guarded
        return [
            Route(LOGIN, guarded(self._form), methods=["GET"]),
            Route(LOGIN, guarded(self._try), methods=["POST"]),
            Route(CODE, guarded(self._try_code), methods=["POST"]),
            Route("/agent/logout", guarded(self._out), methods=["POST"]),
        ]

    async def _form(self, request: Request) -> Response:
        if await session_of(request) is not None:
            return RedirectResponse(PATH, 303)
        return self.show(request)

    def show(
        self, request: Request, problem: str = "", status: int = 200, *, login: str = "", minutes: int = 0,
    ) -> Response:
        """The form, with the `problem` of the last attempt."""
        return self._page(
            request, "login.html", status, problem=problem, login=login, minutes=minutes, provider=self._provider)

    def _page(self, request: Request, template: str, status: int, **values: object) -> Response:
        """A page with a form, which is bound to the browser by a secret."""
        secret = sessions.form_secret(request)
        answer = self._pages.page(request, template, status, secret=secret, **values)
        sessions.keep_form_secret(request, answer, secret)
        return answer

    async def _try(self, request: Request) -> Response:
        if not sessions.is_own_origin(request):
            return Response(status_code=403)
        if wait := self.tries.take(address_of(request)):
            return self.later(request, wait)
        form = await form_of(request)
        login = form.get("login", "")
        if not sessions.is_secret(form.get("secret"), cookies.kept(request, sessions.FORM_COOKIE)):
            return self.show(request, "expired", 403, login=login)
        async with self.room:
            attempt = await asyncio.to_thread(
                sessions_of(request).attempt, login, form.get("password", ""), sessions.source_of(request))
        if attempt.account is not None and attempt.account.has_totp:
            return self._ask_code(request, self._half.keep((form["secret"], attempt.account)))
        if attempt.account is not None:
            return await self._enter(request, attempt.account)
        if attempt.locked_until is not None:
            return self.later(request, (attempt.locked_until - self._now()).total_seconds(), login)
        return self.show(request, "wrong", 401, login=login)

    async def _enter(self, request: Request, account: AgentAccount) -> Response:
        await self._end(request)
        answer = RedirectResponse(PATH, 303, {"Cache-Control": "no-store"})
        await sessions.begin(request, answer, account)
        return answer

    def _ask_code(
        self, request: Request, half: str, problem: str = "", status: int = 200, minutes: int = 0,
    ) -> Response:
        """The form for the code. `half` names the sign-in that waits for the code."""
        return self._page(request, "code.html", status, problem=problem, half=half, minutes=minutes)

    async def _try_code(self, request: Request) -> Response:
        if not sessions.is_own_origin(request):
            return Response(status_code=403)
        if wait := self.tries.take(address_of(request)):
            return self.later(request, wait)
        form = await form_of(request)
        half = form.get("half", "")
        secret, account = self._half.get(half) or ("", None)
        is_own = sessions.is_secret(form.get("secret"), secret) and sessions.is_secret(
            cookies.kept(request, sessions.FORM_COOKIE), secret)
        if account is None or not is_own:
            return self.show(request, "expired", 403)
        checked = await asyncio.to_thread(
            self._second.check, account, form.get("code", ""), sessions.source_of(request))
        if checked.is_right:
            self._half.drop(half)
            return await self._enter(request, account)
        if checked.locked_until is not None:
            seconds = (checked.locked_until - self._now()).total_seconds()
            return _retry_after(seconds, self._ask_code(request, half, "later", 429, _minutes(seconds)))
        return self._ask_code(request, half, "code", 401)

    async def _out(self, request: Request) -> Response:
        """Sign out. A form sends its secret as `csrf`, the console's script as the header `X-CSRF-Token`."""
        session = await session_of(request)
        sent = request.headers.get("x-csrf-token") or (await form_of(request)).get("csrf")
        if session is not None:
            if not sessions.is_own_origin(request) or not sessions.is_secret(sent, session.csrf):
                return Response(status_code=403)
            await self._end(request)
        answer = RedirectResponse(LOGIN, 303, {"Cache-Control": "no-store"})
        sessions.end(request, answer)
        return answer

    async def _end(self, request: Request) -> None:
        if (session := await session_of(request)) is not None:
            await asyncio.to_thread(sessions_of(request).close, session, address_of(request))

    def later(self, request: Request, seconds: float, login: str = "") -> Response:
        """The form that says to try again in `seconds`."""
        return _retry_after(seconds, self.show(request, "later", 429, login=login, minutes=_minutes(seconds)))


def _minutes(seconds: float) -> int:
    return max(1, math.ceil(seconds / 60))


def _retry_after(seconds: float, answer: Response) -> Response:
    answer.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    return answer
