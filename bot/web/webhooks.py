"""Webhooks of outside desks. A webhook is only checked to be the desk's own; the news is then fetched from the desk."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response

from bot.core.errors import WebhookRefused
from bot.ports import AgentDesk, TicketDesk
from bot.web.http_transport import body_of
from bot.workers.desk_sync import DeskSync
from bot.workers.ticket_sync import TicketSync

logger = logging.getLogger(__name__)

LARGEST_HOOK = 1_000_000


async def desk(request: Request) -> Response:
    """`POST /hooks/desk`: the agents' desk says that it has news."""
    desk_sync: DeskSync = request.app.state.desk_sync
    return Response(status_code=await refusal(request, desk_sync.desk) or 200)


async def tickets(request: Request) -> Response:
    """`POST /hooks/tickets`: the ticket desk says that it has news."""
    ticket_sync: TicketSync = request.app.state.ticket_sync
    if status := await refusal(request, ticket_sync.desk):
        return Response(status_code=status)
    ticket_sync.wake()
    return Response(status_code=204)


async def refusal(request: Request, desk: AgentDesk | TicketDesk) -> int | None:
    """Hand a webhook on to its desk; returns the HTTP status for a refused one, `None` for an accepted one."""
    body = await body_of(request, LARGEST_HOOK, "bad_frame")
    try:
        desk.receive_webhook({name.lower(): value for name, value in request.headers.items()}, body)
    except WebhookRefused as error:
        logger.warning("A webhook of %s was refused: %s", desk.name, error)
        return error.status
    except RecursionError:
        logger.warning("A webhook of %s was refused: it is nested too deep", desk.name)
        return 400
    return None
