"""Serves the widget's modules to pages of any origin: joined, without spaces and comments, compressed.

A browser asks for a module each time and is answered 304, so that a new version shows at once.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.locales import read_locales
from bot.languages import LANGUAGES
from bot.settings import ROOT
from bot.web.js_bundle import alone, joined
from bot.web.js_locales import changed_at, language_of, literal, locale_module

WIDGET = ROOT / "widget"
ENTRANCE, LOADER, KIND = "app.js", "loader.js", "widget"
# The words that the loader needs before a language is loaded.
_FIRST = ("launcher", "load_failed")
_NAME = re.compile(r"[\w/-]{1,100}\.js", re.ASCII)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}


class Served(NamedTuple):
    """A module as it is sent."""

    plain: bytes
    packed: bytes  # gzip of `plain`
    tag: str  # the ETag


def served(name: str, data: Path) -> Served | None:
    """The module `name`: one of `widget/`, or the words of a language in `data`; `None` for an unknown name."""
    if not _NAME.fullmatch(name):
        return None
    path, language = (WIDGET / name).resolve(), language_of(name, LANGUAGES)
    if not language and not (path.suffix == ".js" and path.is_relative_to(WIDGET) and path.is_file()):
        return None
    newest = max(module.stat().st_mtime_ns for module in WIDGET.glob("*.js"))
    return _serve(path, language, data, newest, changed_at(data, KIND))


@lru_cache(maxsize=64)
def _serve(path: Path, language: str | None, data: Path, *_newest: int) -> Served:
    if language:
        source = locale_module(data, KIND, language, LANGUAGES)
    else:
        source = joined(path) if path.name == ENTRANCE else alone(path)
    if path.name == LOADER:
        words = {code: {key: texts[key] for key in _FIRST} for code, texts in read_locales(data, KIND).items()}
        source = source.replace("MESSAGES={}", f"MESSAGES={literal(words)}")
    plain = source.encode()
    return Served(plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:20]}"')


def _module(request: Request, data: Path) -> Response:
    found = served(request.path_params.get("name", LOADER), data)
    if found is None:
        return Response(status_code=404)
    headers = {**_HEADERS, "ETag": found.tag}
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/javascript")
    return Response(found.plain, headers=headers, media_type="text/javascript")


def routes(data: Path) -> list[Route]:
    """`/widget.js`, which is `loader.js`, and `/widget/…` for the modules that it loads."""
    module = partial(_module, data=data)
    return [Route("/widget.js", module), Route("/widget/{name:path}", module)]
