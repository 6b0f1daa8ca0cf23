"""The ASGI application: routes, and the tasks that run beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from bot.adapters.canned_answers import read_canned
from bot.adapters.readiness import Readiness
from bot.bootstrap import App
from bot.core.errors import NoConversation, StoreUnavailable
from bot.live.console.console_hub import ConsoleHub
from bot.live.console.presence import watch
from bot.live.frames import FrameError, Limits
from bot.live.gateway import Gateway
from bot.ports import AgentDesk, Bot, TicketDesk
from bot.web import assets, console, demo, files, health, http_transport, webhooks
from bot.web.headers import SecurityHeaders
from bot.web.websocket import socket
from bot.workers.audit_feed import follow_audit_log
from bot.workers.desk_sync import DeskSync
from bot.workers.erasure_feed import follow_erasures
from bot.workers.retention import run_retention
from bot.workers.ticket_sync import TicketSync
from bot.workers.timeouts import run_timeouts


def create(app: App, bot: Bot, desk: AgentDesk | None = None, ticket_desk: TicketDesk | None = None) -> Starlette:
    """The gateway of `app` with `bot` behind it. Agents work at the console, and at `desk` if there is one. Tickets go
    to `ticket_desk`, and replies come back from there."""
    settings = app.settings
    limits = Limits(settings.max_message_length, frozenset(app.wording.topics))
    gateway = Gateway(
        settings, limits, app.conversations, app.cases, app.cases, app.files, app.responder, bot, app.managers,
        app.feedback_store, app.feedback_recorder, app.eraser, app.now)
    console_hub = ConsoleHub(gateway, app.agents, app.facts, read_canned(settings.data))
    desk_sync = DeskSync(gateway, desk, app.links, app.memory, settings.desk_language) if desk else None
    ticket_sync = (
        TicketSync(gateway, app.tickets, ticket_desk, settings.ticket_poll_seconds) if ticket_desk else None)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        workers = [
            gateway.log_writer.run(), gateway.dispatcher.watch(), gateway.refused.run(), run_timeouts(gateway),
            console_hub.run(), watch(console_hub), follow_erasures(gateway),
            run_retention(app.retention(has_desk=ticket_sync is not None)),
            follow_audit_log(app.audit, app.agents, app.now),
            *(sync.run() for sync in (desk_sync, ticket_sync) if sync),
        ]
        tasks = [asyncio.create_task(worker) for worker in workers]
        yield
        for task in tasks:
            task.cancel()
        await bot.close()
        for outer in (desk, ticket_desk):
            if outer:
                await outer.aclose()

    web = Starlette(
        routes=[
            WebSocketRoute("/v1/socket", socket),
            Route("/v1/frames", http_transport.frames, methods=["POST"]),
            Route("/v1/events", http_transport.events),
            Route("/v1/unread", http_transport.unread),
            Route("/v1/transcript", http_transport.transcript),
            Route("/v1/conversation", http_transport.erase, methods=["DELETE"]),
            Route("/v1/files", files.upload, methods=["POST"]),
            Route("/v1/files/{file_id}", files.download),
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
            *([Route("/hooks/desk", webhooks.desk, methods=["POST"])] if desk_sync else []),
            *([Route("/hooks/tickets", webhooks.tickets, methods=["POST"])] if ticket_sync else []),
            *assets.routes(settings.data),
            *console.routes(app),
            *demo.routes(settings),
        ],
        middleware=[Middleware(SecurityHeaders, settings=settings, refused=gateway.refused)],
        exception_handlers={error: http_transport.refuse for error in (FrameError, StoreUnavailable, NoConversation)},
        lifespan=lifespan,
    )
    web.state.gateway = gateway
    web.state.readiness = Readiness(settings.database_url, settings.state)
    web.state.desk_sync = desk_sync
    web.state.ticket_sync = ticket_sync
    web.state.console_hub = console_hub
    web.state.agent_sessions = app.agent_sessions
    web.state.totp_required = settings.totp_required
    return web
