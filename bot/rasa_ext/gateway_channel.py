"""The channel of the public gateway: `POST /webhooks/gateway/webhook` with the body of `bot/services/bot_protocol.py`.

The gateway is trusted by the internal secret, which each request carries: it has checked the text and the identity. 200
brings the whole reply; 503 means that there was none, so that the gateway asks again later; it never gets the sentence
"try again" as if it were an answer. `GET /webhooks/gateway/` is 200 while a message would be answered, and names the
model that is loaded and the folder of models; `PUT /webhooks/gateway/model {version}` changes it without losing a
message (`hot_swap.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import structlog
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.adapters.input_validation import BadRequest
from bot.adapters.internal_auth import GuardedBlueprint, bearer
from bot.adapters.model_store import ModelError
from bot.rasa_ext.hot_swap import HotSwap, loaded_version
from bot.rasa_ext.rest_channel import OPEN_TO_ALL, json_body
from bot.services import bot_protocol
from bot.settings import Settings

logger = structlog.get_logger()

HEALTH_SECONDS = 2.0
_TEXTS = ("sender", "message", "message_id")

Handler = Callable[[UserMessage], Awaitable[Any]]


class GatewayChannel(InputChannel):
    """Takes the gateway's messages, and gives back what the actions made of them."""

    def __init__(self) -> None:
        settings = Settings.from_environment()
        self._secret = settings.internal_secret
        self._models = settings.models
        self._hot_swap = HotSwap(settings.models)

    @classmethod
    def name(cls) -> str:
        """Its place in the URL."""
        return bot_protocol.GATEWAY

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes."""
        routes = GuardedBlueprint("kilat_gateway", self._secret, OPEN_TO_ALL)

        @routes.listener("after_server_start")
        async def take_active_model(app: Sanic, _loop: Any) -> None:
            with suppress(ModelError):  # it is in the log, and the bot serves what it has
                await self._hot_swap.swap_to_active(getattr(app.ctx, "agent", None))

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            problem = await _problem(agent, self._secret)
            body = {"status": problem or "ok", "model": loaded_version(agent), "models": str(self._models)}
            return response.json(body, status=503 if problem else 200)

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            try:
                message = message_of(json_body(request))
            except BadRequest as error:
                return response.json({"error": str(error)}, status=400)
            return await _reply(message, on_new_message, loaded_version(request.app.ctx.agent))

        @routes.route("/model", methods=["PUT"])
        async def model(request: Request) -> HTTPResponse:
            try:
                version = _version_in(json_body(request))
                await self._hot_swap.swap_to(version, request.app.ctx.agent)
            except BadRequest as error:
                return response.json({"error": str(error)}, status=400)
            except ModelError as error:
                return response.json({"error": str(error)}, status=409)
            return response.json({"model": version})

        return routes


def _version_in(body: Any) -> str:
    version = body.get("version") if isinstance(body, dict) else None
    if not isinstance(version, str):
        raise BadRequest("the body must be a JSON object with `version`")
    return version


def message_of(body: Any) -> UserMessage:
    """What `bot_protocol.request` made, for Rasa's agent; `BadRequest` for anything else."""
    metadata = body.get("metadata") if isinstance(body, dict) else None
    if not isinstance(metadata, dict) or not isinstance(metadata.get(bot_protocol.GATEWAY), dict):
        raise BadRequest(f"the body must be a JSON object with `metadata.{bot_protocol.GATEWAY}`")
    for name in _TEXTS:
        if not isinstance(body.get(name), str) or not body[name].strip():
            raise BadRequest(f"`{name}` must be a text")
    return UserMessage(body["message"], CollectingOutputChannel(), body["sender"], input_channel=GatewayChannel.name(),
                       message_id=body["message_id"], metadata=metadata)


async def _reply(message: UserMessage, on_new_message: Handler, version: str | None) -> HTTPResponse:
    try:
        await on_new_message(message)
    except asyncio.CancelledError:
        logger.error("kilat.gateway.cancelled", sender=message.sender_id)
        raise
    except Exception:  # the edge: whatever broke inside, the gateway keeps the message and asks again
        logger.exception("kilat.gateway.failed", sender=message.sender_id)
    reply = reply_in(message)
    if reply and bot_protocol.UNDERSTOOD in reply:
        reply[bot_protocol.UNDERSTOOD]["model"] = version
    return response.json(reply) if reply else response.json({"error": "the bot has no answer now"}, status=503)


def reply_in(message: UserMessage) -> dict[str, Any] | None:
    """What the actions have said to `message`; `None` when they have said nothing."""
    customs = [said["custom"] for said in message.output_channel.messages if "custom" in said]
    reply = customs[0].get(bot_protocol.CUSTOM) if customs else None
    return reply if reply and reply.get("bubbles") else None


async def _problem(agent: Any, secret: str) -> str | None:
    """Why a message would get no answer; `None` when it would."""
    if agent is None or not agent.is_ready():
        return "no model is loaded"
    url = agent.action_endpoint.url.removesuffix("/webhook") + "/health"
    try:
        timeout = aiohttp.ClientTimeout(total=HEALTH_SECONDS)
        headers = {**bearer(secret), **agent.action_endpoint.headers}
        async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session, session.get(url) as answer:
            return None if answer.status == 200 else "the action server is not well"
    except (aiohttp.ClientError, asyncio.TimeoutError):
        return "the action server is away"
