"""The ASGI application: routes, and what runs beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from bot.bootstrap import App
from bot.core.errors import StoreUnavailable
from bot.ports import AgentDesk, Bot
from bot.web import agent, assets, demo, files, http
from bot.web.frames import FrameError, Limits
from bot.web.gateway import Gateway
from bot.web.headers import Marked
from bot.web.keeper import keep
from bot.web.outside import Outside, webhook
from bot.web.socket import socket


def create(app: App, bot: Bot, desk: AgentDesk | None = None) -> Starlette:
    """The gateway of `app`, before `bot`; agents work at the console, and at an outside `desk`, too."""
    settings = app.settings
    limits = Limits(settings.max_message_length, frozenset(app.wording.topics))
    gateway = Gateway(settings, limits, app.conversations, app.cases, app.cases, app.files, app.counter, bot)

    outside = Outside(gateway, desk, app.links, app.memory, settings.desk_language) if desk else None

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        loops = [asyncio.create_task(loop) for loop in (gateway.journal.run(), gateway.relay.watch(), keep(gateway))]
        if outside:
            loops.append(asyncio.create_task(outside.run()))
        yield
        for loop in loops:
            loop.cancel()
        await bot.close()
        if desk:
            await desk.aclose()

    web = Starlette(
        routes=[
            WebSocketRoute("/v1/socket", socket),
            Route("/v1/frames", http.frames, methods=["POST"]),
            Route("/v1/events", http.events),
            Route("/v1/unread", http.unread),
            Route("/v1/transcript", http.transcript),
            Route("/v1/files", files.upload, methods=["POST"]),
            Route("/v1/files/{file_id}", files.download),
            Route("/healthz", http.health),
            *([Route("/hooks/desk", webhook, methods=["POST"])] if outside else []),
            *assets.routes(),
            *agent.routes(app),
            *demo.routes(settings),
        ],
        middleware=[Middleware(Marked, settings=settings)],
        exception_handlers={FrameError: http.refuse, StoreUnavailable: http.refuse},
        lifespan=lifespan,
    )
    web.state.gateway = gateway
    web.state.outside = outside
    web.state.agent_sessions = app.agent_sessions
    return web
