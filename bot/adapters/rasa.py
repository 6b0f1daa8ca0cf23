"""The bot behind Rasa, as the gateway reaches it: `bot/rasa_ext/gateway.py` is the other end."""

from __future__ import annotations

import logging

import httpx

from bot.core.errors import BotUnavailable
from bot.ports import BotReply, BotTurn
from bot.services import wire

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 20.0
HEALTH_SECONDS = 3.0
CONNECT_SECONDS = 2.0


class RasaBot:
    """`Bot` over HTTP. `url` is Rasa's, without a path."""

    def __init__(self, url: str, secret: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{url}/webhooks/{wire.GATEWAY}", headers={"Authorization": f"Bearer {secret}"},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS), trust_env=False,
        )

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        try:
            response = await self._client.post("/webhook", json=wire.request(turn))
            response.raise_for_status()
            return wire.reply_from_json(response.json())
        except (httpx.HTTPError, ValueError) as error:
            logger.warning("The bot gave no reply: %s", error)
            raise BotUnavailable(str(error)) from error

    async def is_up(self) -> bool:
        """See `Bot`."""
        try:
            response = await self._client.get("/", timeout=HEALTH_SECONDS)
        except httpx.HTTPError:
            return False
        return response.status_code == httpx.codes.OK
