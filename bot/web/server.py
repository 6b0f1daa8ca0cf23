"""`kilat gateway`: the application behind uvicorn, with logs that hold no secrets and no personal data."""

from __future__ import annotations

import asyncio
import gc
import os
import signal

import uvicorn

from bot.adapters.desks.registry import agent_desk, ticket_desk
from bot.adapters.port_check import check_port
from bot.adapters.rasa_client import RasaBot
from bot.adapters.sql.gateway_lock import hold_gateway_lock
from bot.adapters.sql.startup import wait_for_database
from bot.bootstrap import build
from bot.live.frames import LARGEST_FRAME
from bot.ports import AgentDesk, TicketDesk
from bot.settings import Settings
from bot.settings.environment import TRUSTED_PROXIES, read_environment
from bot.web.app import create
from bot.web.connection_limits import protocols

SHUTDOWN_SECONDS = 3
# The proxies that uvicorn trusts by default.
PROXIES = "127.0.0.1,::1"


def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT as the only gateway of the database; returns the exit status."""
    check_port(settings.gateway_host, settings.gateway_port, "KILAT_GATEWAY_PORT")
    wait_for_database(settings.database_url)
    with hold_gateway_lock(settings.database_url, on_loss=lambda: os.kill(os.getpid(), signal.SIGTERM)):
        return _serve(settings)


def _serve(settings: Settings) -> int:
    app = build(settings)
    phrases, largest = app.wording.phrases[settings.desk_language], settings.max_file_bytes
    environ = read_environment()
    for outside in (agent_desk(environ, phrases, largest), ticket_desk(environ)):
        asyncio.run(_check(outside))
    application = create(app, RasaBot(settings.rasa_url, settings.internal_secret),
                         agent_desk(environ, phrases, largest), ticket_desk(environ))
    # Exempt all that is loaded by now from garbage collection: a full collection of it stops everybody for 50 ms.
    gc.collect()
    gc.freeze()
    # Rasa pins an old `websockets`, so wsproto is used. Compression would cost each idle socket 100 kB for its window.
    uvicorn.run(
        application, host=settings.gateway_host, port=settings.gateway_port, loop="uvloop",
        **protocols(settings.sockets_per_address, environ.get(TRUSTED_PROXIES, PROXIES),
                    application.state.gateway.refused),
        ws_max_size=LARGEST_FRAME, ws_per_message_deflate=False, log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return 0


async def _check(desk: AgentDesk | TicketDesk | None) -> None:
    """Raise `ConfigurationError` for a wrong setting of the desk; a desk that is away is fine."""
    if desk:
        try:
            await desk.check()
        finally:
            await desk.aclose()
