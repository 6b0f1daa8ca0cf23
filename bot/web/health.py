"""What a load balancer and a supervisor ask: is the gateway alive, and can it do its work?"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.adapters.readiness import Readiness
from bot.live.gateway import Gateway

OK, NOT_READY = 200, 503
_FRESH = {"Cache-Control": "no-store"}


async def alive(request: Request) -> Response:
    """`/healthz`: the gateway answers; touches nothing that may block. Whether the bot did so last is in memory."""
    gateway: Gateway = request.app.state.gateway
    body = {"status": "ok", "bot": "up" if gateway.dispatcher.bot_is_up else "down"}
    return JSONResponse(body, headers=_FRESH)


async def ready(request: Request) -> Response:
    """`/readyz`: each thing that the work takes, by name, and 503 as long as one is missing."""
    gateway: Gateway = request.app.state.gateway
    readiness: Readiness = request.app.state.readiness
    checks = {**await readiness.look(), "bot": gateway.dispatcher.bot_is_up}
    is_ready = all(checks.values())
    body = {"status": "ready" if is_ready else "not ready",
            "checks": {name: "ok" if is_ok else "not ok" for name, is_ok in checks.items()}}
    return JSONResponse(body, OK if is_ready else NOT_READY, _FRESH)
