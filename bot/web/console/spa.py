"""The console's page, and the modules and styles that it loads: for those who have signed in.

Asked for again each time and answered by 304, so that a new version shows at once. What the console shares with the
widget it loads from `/widget/`.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.adapters.sql.agent_sessions import AgentSession
from bot.settings import ROOT
from bot.web.console.sessions import PATH, require

CONSOLE = ROOT / "console"
STYLES = ("theme", "base", "sidebar", "conversation", "case_panel", "dialog")
# Nothing that somebody typed can become a script, a style or a form here, whatever the console does with it.
POLICY = (
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types"
)
_PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>Kilat</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="/agent/static/bolt.svg">
{styles}
<script type="module" src="/agent/console/app.js"></script></head><body></body></html>
"""
_NAME = re.compile(r"[\w/-]{1,100}\.(js|css)", re.ASCII)
_TYPES = {"js": "text/javascript", "css": "text/css"}


class Served(NamedTuple):
    """A file as it is sent, and its tag."""

    content: bytes
    tag: str


def routes() -> list[BaseRoute]:
    """`/agent`, and `/agent/console/…` for what it loads."""
    return [Route(PATH, require(_page)), Route(f"{PATH}/console/{{name:path}}", require(_file))]


def served(name: str) -> Served | None:
    """The file of this name below `console/`; `None` when there is none."""
    if not _NAME.fullmatch(name):
        return None
    path = (CONSOLE / name).resolve()
    if not path.is_relative_to(CONSOLE) or not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=128)
def _read(path: Path, _changed: int) -> Served:
    content = path.read_bytes()
    return Served(content, f'"{hashlib.sha256(content).hexdigest()[:20]}"')


async def _page(_request: Request, _session: AgentSession) -> Response:
    styles = "\n".join(f'<link rel="stylesheet" href="/agent/console/css/{name}.css">' for name in STYLES)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
    return HTMLResponse(_PAGE.format(styles=styles), headers=headers)


async def _file(request: Request, _session: AgentSession) -> Response:
    name = request.path_params["name"]
    found = served(name)
    if found is None:
        return Response(status_code=404)
    headers = {"Cache-Control": "private, no-cache", "ETag": found.tag}
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers=headers, media_type=_TYPES[name.rpartition(".")[2]])
