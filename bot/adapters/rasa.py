"""The bot behind Rasa, as the gateway reaches it: `bot/rasa_ext/gateway.py` is the other end."""

from __future__ import annotations

import json
import logging
from urllib.parse import urlsplit

from bot.adapters.http_client import HttpClient
from bot.core.errors import BotUnavailable
from bot.ports import BotReply, BotTurn
from bot.services import wire

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 20.0
HEALTH_SECONDS = 3.0
OK = 200
_PATH = f"/webhooks/{wire.GATEWAY}"


class RasaBot:
    """`Bot` over HTTP. `url` is Rasa's, without a path."""

    def __init__(self, url: str, secret: str) -> None:
        address = urlsplit(url)
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self._client = HttpClient(address.hostname or "", address.port or 80, headers)

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        body = json.dumps(wire.request(turn)).encode()
        try:
            answer = await self._client.request("POST", f"{_PATH}/webhook", body, seconds=ANSWER_SECONDS)
            if answer.status != OK:
                raise ValueError(f"the answer has the status {answer.status}")
            return wire.reply_from_json(json.loads(answer.body))
        except (OSError, ValueError) as error:
            logger.warning("The bot gave no reply: %s", error)
            raise BotUnavailable(str(error)) from error

    async def is_up(self) -> bool:
        """See `Bot`."""
        try:
            return (await self._client.request("GET", f"{_PATH}/", seconds=HEALTH_SECONDS)).status == OK
        except OSError:
            return False
