"""Signs agents in at the console by an identity provider (OpenID Connect). They need an account (`kilat agents add`).

A sign-in under way is kept in this process, for ten minutes and one use, and bound to the browser by a cookie.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.adapters.oidc import PendingSignIn, Person, Provider, ProviderUnavailable, SignInRefused, refusal
from bot.adapters.sql.agent_sessions import OIDC
from bot.ports.queue import AGENT_ROLES
from bot.web import cookies
from bot.web.console import sessions
from bot.web.console.login import Login
from bot.web.console.page_templates import Pages
from bot.web.console.pending_logins import Waiting
from bot.web.console.sessions import sessions_of
from bot.web.headers import address_of

logger = logging.getLogger(__name__)

START, BACK = "/agent/oidc", "/agent/oidc/callback"
COOKIE = "kilat_agent_oidc"
SECONDS = 600


class OidcLogin:
    """Sends the browser to the provider and takes it back."""

    def __init__(
        self, pages: Pages, login: Login, provider: Provider, clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pages = pages
        self._login = login
        self._provider = provider
        # By state: the secret of the browser that began the sign-in, the sign-in.
        self._under_way: Waiting[tuple[str, PendingSignIn]] = Waiting(SECONDS, clock)

    def routes(self) -> list[BaseRoute]:
        """`/agent/oidc`, and the address to which the provider sends the browser back."""
        return [Route(START, self._pages.guarded(self._start)), Route(BACK, self._pages.guarded(self._back))]

    async def _start(self, request: Request) -> Response:
        """Redirect to the provider. It may sign the browser in without a question, so only a click on our own form
        begins a sign-in, and only where no session exists."""
        if not sessions.is_own_origin(request) or await sessions.session_of(request) is not None:
            return RedirectResponse(sessions.LOGIN, 303, {"Cache-Control": "no-store"})
        if wait := self._login.tries.take(address_of(request)):
            return self._login.later(request, wait)
        try:
            begun = await self._provider.begin(str(request.url.replace(path=BACK, query="", fragment="")))
        except (ProviderUnavailable, SignInRefused) as error:
            logger.warning("A sign-in could not begin: %s", error)
            return self._login.show(request, "provider_away", 503)
        browser = secrets.token_urlsafe(32)
        self._under_way.keep((browser, begun), begun.state)
        answer = RedirectResponse(begun.url, 303, {"Cache-Control": "no-store"})
        # Lax: the way back begins at another site.
        cookies.keep(request, answer, COOKIE, browser, SECONDS, path=START, samesite="lax")
        return answer

    async def _back(self, request: Request) -> Response:
        """End the sign-in with a page: after a redirect from another site the browser would send no cookie."""
        login, begun = "", self._begun(request)
        try:
            person = await self._person(request, begun)
            login = person.email
            account = await asyncio.to_thread(
                sessions_of(request).bind, person.email, person.subject, _role(person), address_of(request))
            if account is None:
                raise SignInRefused("there is no such agent. Add one with kilat agents add")
        except SignInRefused as error:
            logger.warning("A sign-in by the identity provider was refused: %s", error)
            # Anybody can call this address without having begun a sign-in.
            if begun is not None:
                await asyncio.to_thread(sessions_of(request).refused, login, address_of(request))
            return self._login.show(request, "provider", 403)
        except ProviderUnavailable as error:
            logger.warning("A sign-in could not end: %s", error)
            return self._login.show(request, "provider_away", 503)
        answer = self._pages.page(request, "signed_in.html")
        await sessions.begin(request, answer, account, OIDC)
        cookies.drop(request, answer, COOKIE, path=START)
        return answer

    def _begun(self, request: Request) -> tuple[str, PendingSignIn] | None:
        """(the secret of the browser that began it, the sign-in that ends here); `None` for an unknown or old one."""
        state = request.query_params.get("state", "")
        begun = self._under_way.get(state)
        self._under_way.drop(state)
        return begun

    async def _person(self, request: Request, sign_in: tuple[str, PendingSignIn] | None) -> Person:
        asked = request.query_params
        if sign_in is None:
            raise SignInRefused("its state is unknown, too old, or was used before")
        browser, begun = sign_in
        if not sessions.is_secret(cookies.kept(request, COOKIE), browser):
            raise SignInRefused("it was begun in another browser")
        if "code" not in asked:
            raise SignInRefused(f"the provider says: {refusal(asked.get('error'))}")
        return await self._provider.finish(begun, asked["code"], asked.get("iss"))


def _role(person: Person) -> str | None:
    """The highest role that the provider names; `None` where the provider does not decide roles."""
    if person.roles is None:
        return None
    role = next((role for role in reversed(AGENT_ROLES) if role in person.roles), None)
    if role is None:
        raise SignInRefused("the provider gives them no role in Kilat (KILAT_OIDC_ROLES)")
    return role
