"""The widget's own files, for pages of any origin."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.settings import ROOT

WIDGET = ROOT / "widget"
# Asked again each time, answered by 304: a new version shows at once. Any page may load a script.
_HEADERS = {
    "Cache-Control": "no-cache",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class _Modules(StaticFiles):
    """Modules only: what else lies there is nobody's business."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file with the headers for other origins."""
        if not path.endswith(".js"):
            return Response(status_code=404)
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response


async def _loader(_request: Request) -> Response:
    return FileResponse(WIDGET / "widget.js", headers=_HEADERS)


def routes() -> list[Route | Mount]:
    """`/widget.js`, and `/widget/…` for the modules that it loads."""
    return [Route("/widget.js", _loader), Mount("/widget", _Modules(directory=WIDGET))]
