"""Webhooks of desks outside: only whether they are theirs is looked at, for what they say is looked up."""

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
    """`POST /hooks/desk`: the agents' desk says that something has happened; the desk is then asked what it was."""
    desk_sync: DeskSync = request.app.state.desk_sync
    return Response(status_code=await refusal(request, desk_sync.desk) or 200)


async def tickets(request: Request) -> Response:
    """`POST /hooks/tickets`: the ticket desk says that something has happened; the desk is then asked what it was."""
    ticket_sync: TicketSync = request.app.state.ticket_sync
    if status := await refusal(request, ticket_sync.desk):
        return Response(status_code=status)
    ticket_sync.wake()
    return Response(status_code=204)


async def refusal(request: Request, desk: AgentDesk | TicketDesk) -> int | None:
    """Hand a webhook on. The HTTP status of the answer when it is not the desk's, `None` when the desk took it."""
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
