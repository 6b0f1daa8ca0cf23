"""A bot in Rasa's place, for loads and kills of the gateway: the same contract as `bot/rasa_ext/gateway_channel.py`.

    KILAT_RASA_PORT=… KILAT_INTERNAL_SECRET=… python -m benchmarks.stub_bot --think 0.02

It echoes the message, and counts in the state that it is given: so a turn that was lost, doubled or answered with an
older state shows in the text of every later reply. It is in doubt about everything, so that every message is kept to
learn from.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.core.answer import Bubble, Button
from bot.core.feedback import Neighbour, Understanding
from bot.services import bot_protocol
from bot.settings import Settings

# A slot that counts in the real bot, too.
COUNT = "fallback_count"
RANKING = (("phone_number", 0.3), ("phone_access", 0.25), ("plan_find", 0.2), ("live_chat", 0.15), ("greet", 0.1))
DOUBT = Understanding("phone_number", RANKING, 0.05, (Neighbour("nomor telepon jepang", "phone_number", 0.8),) * 3)


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--think", type=float, default=0.0, metavar="SECONDS", help="how long each reply takes")
    settings = Settings.from_environment()
    app = create(settings.internal_secret, parser.parse_args().think)
    uvicorn.run(app, host="127.0.0.1", port=settings.rasa_port, ws="none", log_level="warning", access_log=False)


def reply_text(turn: int, message: str) -> str:
    """What the stub says to `message`, the `turn`-th of its conversation (from 1)."""
    return f"{turn}: {message}"


def create(secret: str, think: float) -> Starlette:
    """The application."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def webhook(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {secret}"):
            return JSONResponse({"error": "this is not the gateway's secret"}, 401)
        body = await request.json()
        state = body["metadata"][bot_protocol.GATEWAY]["state"]
        turn = int(state.get(COUNT) or 0) + 1
        await asyncio.sleep(think)
        bubble = Bubble(reply_text(turn, body["message"]), (Button("Lagi", "/phone_access"),))
        return JSONResponse(bot_protocol.reply_to_json([bubble], {**state, COUNT: turn}, DOUBT))

    path = f"/webhooks/{bot_protocol.GATEWAY}"
    return Starlette(routes=[Route(f"{path}/", health), Route(f"{path}/webhook", webhook, methods=["POST"])])


if __name__ == "__main__":
    main()
