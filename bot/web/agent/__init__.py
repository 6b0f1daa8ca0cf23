"""The agents' side of the gateway: sign-in, the console and its socket, figures. All below `/agent`."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.bootstrap import App
from bot.web.agent.login import Login
from bot.web.agent.pages import Pages

_STATIC = Path(__file__).parent / "static"


def routes(app: App) -> list[BaseRoute]:
    """Everything below `/agent`."""
    pages = Pages(app.settings.data)
    return [
        *Login(pages, provider=False).routes(),
        Mount("/agent/static", StaticFiles(directory=_STATIC)),
    ]
