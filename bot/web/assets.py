"""The widget's modules, for pages of any origin: as few and as small as they can go over the wire.

Asked for again each time and answered by 304, so that a new version shows at once.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.settings import ROOT
from bot.web.js_bundle import alone, joined

WIDGET = ROOT / "widget"
ENTRANCE = "app.js"
_NAME = re.compile(r"[\w/-]{1,100}\.js", re.ASCII)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}


class Served(NamedTuple):
    """A module as it is sent: as it is, packed, and its tag."""

    plain: bytes
    packed: bytes
    tag: str


def served(name: str) -> Served | None:
    """The module of this name below `widget/`; `None` when there is none."""
    if not _NAME.fullmatch(name):
        return None
    path = (WIDGET / name).resolve()
    if path.suffix != ".js" or not path.is_relative_to(WIDGET) or not path.is_file():
        return None
    newest = max(module.stat().st_mtime_ns for module in WIDGET.rglob("*.js"))
    return _serve(path, newest)


@lru_cache(maxsize=64)
def _serve(path: Path, _newest: int) -> Served:
    plain = (joined(path) if path == WIDGET / ENTRANCE else alone(path)).encode()
    return Served(plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:20]}"')


def _module(request: Request) -> Response:
    found = served(request.path_params.get("name", "loader.js"))
    if found is None:
        return Response(status_code=404)
    headers = {**_HEADERS, "ETag": found.tag}
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/javascript")
    return Response(found.plain, headers=headers, media_type="text/javascript")


def routes() -> list[Route]:
    """`/widget.js` (`loader.js`), and `/widget/…` for the modules that it loads."""
    return [Route("/widget.js", _module), Route("/widget/{name:path}", _module)]
