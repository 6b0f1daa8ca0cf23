"""Renders the agents' pages (sign-in, account, figures …) with words from `data/locales`, in the browser's language.

A page holds no script and no style: its policy allows neither.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.adapters.locales import read_locales
from bot.core.errors import StoreUnavailable
from bot.languages import COMPLETE, NAMES

POLICY = (
    "default-src 'none'; object-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'")
HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
_MOST_BYTES = 10_000

Handler = Callable[[Request], Awaitable[Response]]


class Pages:
    """Renders templates. The first page reads the words, so the gateway's start does not wait for them."""

    def __init__(self, data: Path) -> None:
        self._data = data
        loader = FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                                      lstrip_blocks=True)

    def words(self, lang: str) -> Mapping[str, Any]:
        """All words of these pages in the language `lang`."""
        words: Mapping[str, Any] = self._words[lang]
        return words

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """The page in the language of `request`."""
        lang = language_of(request)
        others = [(other, NAMES[other]) for other in COMPLETE if other != lang]
        text = self._templates.get_template(template).render(
            lang=lang, others=others, path=request.scope["path"], w=self.words(lang), **values)
        return HTMLResponse(text, status, {**HEADERS, "Content-Language": lang, "Vary": "Accept-Language, Cookie"})

    def guarded(self, handler: Handler) -> Handler:
        """`handler`, with an error page for when the database does not answer."""

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except StoreUnavailable:
                return self.page(request, "message.html", 503, key="unavailable")

        return answer

    @cached_property
    def _words(self) -> dict[str, Any]:
        return read_locales(self._data, "console_pages")


def language_of(request: Request) -> str:
    """The language of the parameter `lang`, else the browser's first that Kilat speaks, else the default."""
    wanted = [request.query_params.get("lang", "")]
    ranked = [part.split(";q=") for part in request.headers.get("accept-language", "").split(",")]
    for tag, *quality in sorted(ranked, key=lambda part: -_quality(part[1:])):
        if not quality or _quality(quality) > 0:
            wanted.append(tag.strip().lower().split("-")[0])
    return next((lang for lang in wanted if lang in COMPLETE), COMPLETE[0])


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form; none when it is too large to be one of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _quality(parts: list[str]) -> float:
    try:
        return float(parts[0]) if parts else 1.0
    except ValueError:
        return 0.0
