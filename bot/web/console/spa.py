"""Serves the console's page, modules and styles to agents who have signed in.

A browser asks for a file each time and is answered 304, so that a new version shows at once. Modules that the console
shares with the widget come from `/widget/`.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.adapters.sql.agent_sessions import AgentSession
from bot.languages import COMPLETE
from bot.settings import ROOT
from bot.web.console.sessions import PATH, require
from bot.web.js_locales import changed_at, language_of, locale_module

CONSOLE = ROOT / "console"
KIND = "console"
STYLES = ("theme", "base", "sidebar", "conversation", "case_panel", "dialog")
# Nothing that a person typed can become a script, a style or a form here, whatever the console does with it.
POLICY = (
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types")
_PAGE = """<!doctype html>
<html lang="{lang}" data-languages="{languages}"><head><meta charset="utf-8"><title>Kilat</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="/agent/static/bolt.svg">
{styles}
<script type="module" src="/agent/console/app.js"></script></head><body></body></html>
"""
_NAME = re.compile(r"[\w/-]{1,100}\.(js|css)", re.ASCII)
_TYPES = {"js": "text/javascript", "css": "text/css"}


class Served(NamedTuple):
    """A file as it is sent."""

    content: bytes
    tag: str  # the ETag


def routes(data: Path) -> list[BaseRoute]:
    """`/agent`, and `/agent/console/…` for the files that it loads."""
    return [Route(PATH, require(_page)), Route(f"{PATH}/console/{{name:path}}", require(partial(_file, data=data)))]


def served(name: str, data: Path) -> Served | None:
    """The file `name`: one of `console/`, or the words of a language in `data`; `None` for an unknown name."""
    if not _NAME.fullmatch(name):
        return None
    if language := language_of(name, COMPLETE):
        return _words(data, language, changed_at(data, KIND))
    path = (CONSOLE / name).resolve()
    if not path.is_relative_to(CONSOLE) or not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _words(data: Path, language: str, _changed: int) -> Served:
    return _served(locale_module(data, KIND, language, COMPLETE).encode())


@lru_cache(maxsize=128)
def _read(path: Path, _changed: int) -> Served:
    return _served(path.read_bytes())


def _served(content: bytes) -> Served:
    return Served(content, f'"{hashlib.sha256(content).hexdigest()[:20]}"')


async def _page(_request: Request, _session: AgentSession) -> Response:
    styles = "\n".join(f'<link rel="stylesheet" href="/agent/console/css/{name}.css">' for name in STYLES)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
    return HTMLResponse(_PAGE.format(styles=styles, lang=COMPLETE[0], languages=" ".join(COMPLETE)), headers=headers)


async def _file(request: Request, _session: AgentSession, data: Path) -> Response:
    name = request.path_params["name"]
    found = served(name, data)
    if found is None:
        return Response(status_code=404)
    headers = {"Cache-Control": "private, no-cache", "ETag": found.tag}
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers=headers, media_type=_TYPES[name.rpartition(".")[2]])
