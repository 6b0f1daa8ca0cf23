"""The agents' side of the gateway, below `/agent`: sign-in, the console and its socket, figures, the audit log."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.adapters.oidc import OidcSettings, Provider
from bot.adapters.password_rules import read_rules
from bot.bootstrap import App
from bot.settings import Settings
from bot.web.console import files, spa
from bot.web.console.account import Account
from bot.web.console.audit import AuditLog
from bot.web.console.insights import Figures
from bot.web.console.login import Login
from bot.web.console.oidc import OidcLogin
from bot.web.console.page_templates import Pages
from bot.web.console.sessions import require
from bot.web.console.websocket import socket

_STATIC = Path(__file__).parent / "static"


def routes(app: App) -> list[BaseRoute]:
    """Everything below `/agent`."""
    settings, pages = app.settings, Pages(app.settings.data)
    login = Login(pages, app.now, app.second_factor, provider=settings.oidc_issuer is not None)
    zone = settings.desk_hours.zone
    account = Account(pages, login, app.agents, app.second_factor, read_rules(settings.data), zone, app.now)
    return [
        *login.routes(),
        *_oidc(settings, pages, login),
        *account.routes(),
        *Figures(pages, app.history, app.wording, zone, app.now).routes(),
        *AuditLog(pages, app.audit, zone).routes(),
        WebSocketRoute("/agent/socket", socket),
        Route("/agent/files", require(files.upload), methods=["POST"]),
        Route("/agent/files/{conversation}/{file_id}", require(files.download)),
        Route("/agent/transcript/{conversation}", require(files.transcript)),
        *spa.routes(settings.data),
        Mount("/agent/static", StaticFiles(directory=_STATIC)),
    ]


def _oidc(settings: Settings, pages: Pages, login: Login) -> list[BaseRoute]:
    if settings.oidc_issuer is None:
        return []
    told = OidcSettings(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_roles)
    return OidcLogin(pages, login, Provider(told)).routes()
