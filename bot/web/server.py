"""`kilat gateway`: the application behind uvicorn, with logs that hold no secrets and no personal data."""

from __future__ import annotations

import asyncio
import logging

import uvicorn

from bot.adapters.desks import agent_desk
from bot.adapters.rasa import RasaBot
from bot.adapters.tickets import ticket_desk
from bot.bootstrap import build
from bot.core.privacy import mask
from bot.ports import AgentDesk, TicketDesk
from bot.settings import Settings
from bot.settings.environment import TRUSTED_PROXIES, read_environment
from bot.web.app import create
from bot.web.edge import protocols
from bot.web.frames import LARGEST_FRAME

SHUTDOWN_SECONDS = 3
# Whom uvicorn trusts as a proxy, unless it is told otherwise.
PROXIES = "127.0.0.1,::1"
# Characters of a line, or of a traceback.
LONGEST_LINE = 8000


class Masked(logging.Formatter):
    """A formatter that masks the finished line, arguments and tracebacks included, and cuts what is too long."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, or a traceback, without what must not stand in a log. Of a long one the middle is left out: a
        traceback says the most at its end."""
        line = super().format(record)
        if len(line) > LONGEST_LINE:
            line = f"{line[:LONGEST_LINE // 2]} … {line[-LONGEST_LINE // 2:]}"
        return mask(line)


def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit status."""
    handler = logging.StreamHandler()
    handler.setFormatter(Masked("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # They log each request, address included.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    app = build(settings)
    phrases, largest = app.wording.phrases[settings.desk_language], settings.max_file_bytes
    environ = read_environment()
    for outside in (agent_desk(environ, phrases, largest), ticket_desk(environ)):
        asyncio.run(_check(outside))
    # Rasa pins an old `websockets`, so wsproto speaks. Compression would cost each idle socket 100 kB for its window.
    uvicorn.run(
        create(app, RasaBot(settings.rasa_url, settings.internal_secret), agent_desk(environ, phrases, largest),
               ticket_desk(environ)),
        host=settings.gateway_host, port=settings.gateway_port, loop="uvloop",
        **protocols(settings.sockets_per_address, environ.get(TRUSTED_PROXIES, PROXIES)),
        ws_max_size=LARGEST_FRAME, ws_per_message_deflate=False, log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return 0


async def _check(desk: AgentDesk | TicketDesk | None) -> None:
    """A wrong setting stops the start; a desk that is away does not."""
    if desk:
        try:
            await desk.check()
        finally:
            await desk.aclose()
