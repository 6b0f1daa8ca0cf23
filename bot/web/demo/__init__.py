"""A small help center with the widget, to try Kilat as any kind of customer. Never on a production server.

`/` and `/articles/{slug}` (`?lang=en` for English), `/demo/sign-in` (which customer to be), `/demo/strict` (the home
page under the strictest policy that the widget works with), `/demo/static/`.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import URL
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.languages import COMPLETE
from bot.settings import Settings
from bot.web import cookies
from bot.web.demo.local import LocalOnly
from bot.web.demo.site import Site

COOKIE = "kilat_demo"
_STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; object-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self' ws:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
_MOST_BYTES = 1000


def routes(settings: Settings) -> list[BaseRoute]:
    """The demo's routes; none when it is switched off (`KILAT_DEMO`)."""
    if not settings.demo:
        return []
    demo, here = _Demo(Site(settings)), [Middleware(LocalOnly)]
    return [
        Route("/", demo.home, middleware=here),
        Route("/articles/{slug}", demo.article, middleware=here),
        Route("/demo/strict", demo.strict, middleware=here),
        Route("/demo/sign-in", demo.sign_in, methods=["POST"], middleware=here),
        Mount("/demo/static", StaticFiles(directory=_STATIC), middleware=here),
    ]


class _Demo:
    """The handlers of the demo."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def home(self, request: Request) -> Response:
        return self._page(request, "home.html")

    def article(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        known = slug in self._site.slugs
        return self._page(request, "article.html" if known else "missing.html", slug, status=200 if known else 404)

    def strict(self, request: Request) -> Response:
        return self._page(request, "home.html", more_policy="; require-trusted-types-for 'script'")

    async def sign_in(self, request: Request) -> Response:
        """Store the choice in a cookie and redirect to the page, whose address is made of known parts alone."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                return Response(status_code=413)
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        slug, path = form.get("slug"), "/"
        if slug in self._site.slugs:
            path = f"/articles/{slug}"
        elif slug == "strict":
            path = "/demo/strict"
        answer = RedirectResponse(_address(path, form.get("lang")), status_code=303)
        if (customer := form.get("as")) in self._site.customers:
            cookies.keep(request, answer, COOKIE, str(customer), samesite="lax")
        else:
            cookies.drop(request, answer, COOKIE)
        return answer

    def _page(
        self, request: Request, template: str, slug: str = "", status: int = 200, more_policy: str = "",
    ) -> Response:
        lang, nonce = request.query_params.get("lang"), secrets.token_urlsafe(16)
        page = self._site.render(
            template, lang if lang in COMPLETE else COMPLETE[0], cookies.kept(request, COOKIE),
            path=request.scope["path"], slug=slug, nonce=nonce, address=_address)
        # No cache may keep the page, for it holds an identity token.
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY.format(nonce=nonce) + more_policy}
        return HTMLResponse(page, status, headers)


def _address(path: str, lang: str | None) -> str:
    """`path` with `lang` as a parameter, which the first language does not need."""
    return str(URL(path).include_query_params(lang=lang)) if lang in COMPLETE[1:] else path
