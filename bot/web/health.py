"""Health checks for a load balancer and a supervisor: is the gateway alive, and can it do its work?"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.adapters.readiness import Readiness
from bot.live.gateway import Gateway

OK, NOT_READY = 200, 503
_FRESH = {"Cache-Control": "no-store"}


async def alive(request: Request) -> Response:
    """`/healthz`: the gateway answers, and whether the bot answered last time. Touches nothing that may block."""
    gateway: Gateway = request.app.state.gateway
    body = {"status": "ok", "bot": "up" if gateway.dispatcher.bot_is_up else "down"}
    return JSONResponse(body, headers=_FRESH)


async def ready(request: Request) -> Response:
    """`/readyz`: the state of each thing that the work needs, by name; 503 as long as one is missing."""
    gateway: Gateway = request.app.state.gateway
    readiness: Readiness = request.app.state.readiness
    checks = {**await readiness.look(), "bot": gateway.dispatcher.bot_is_up}
    told = {name: "ok" if is_ok else "not ok" for name, is_ok in checks.items()}
    status, code = ("ready", OK) if all(checks.values()) else ("not ready", NOT_READY)
    return JSONResponse({"status": status, "checks": told}, code, _FRESH)
