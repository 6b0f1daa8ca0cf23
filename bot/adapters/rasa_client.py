"""The gateway's client for Rasa; `bot/rasa_ext/gateway_channel.py` is the server."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import cached_property

import aiohttp

from bot.core.errors import BotTooSlow, BotUnavailable
from bot.ports import Bot, BotReply, BotTurn
from bot.services import bot_protocol

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 20.0
HEALTH_SECONDS = 3.0
CONNECT_SECONDS = 2.0
OK = 200


class RasaBot(Bot):
    """`Bot` over HTTP. `url` is Rasa's address without a path."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = f"{url}/webhooks/{bot_protocol.GATEWAY}"
        self._headers = {"Authorization": f"Bearer {secret}"}

    async def reply(self, turn: BotTurn) -> BotReply:
        try:
            async with self._client.post(f"{self._url}/webhook", json=bot_protocol.request(turn)) as answer:
                if answer.status != OK:
                    raise ValueError(f"the answer has the status {answer.status}")
                return bot_protocol.reply_from_json(json.loads(await answer.read()))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            logger.warning("The bot gave no reply: %s", error or type(error).__name__)
            raise BotUnavailable(str(error)) from error
        except asyncio.TimeoutError as error:
            # The time-out closes the connection, so Rasa drops a message that it has not begun.
            logger.warning("The bot gave no reply within %.0f s.", ANSWER_SECONDS)
            raise BotTooSlow(f"no reply within {ANSWER_SECONDS:.0f} s") from error

    async def is_up(self) -> bool:
        try:
            timeout = aiohttp.ClientTimeout(total=HEALTH_SECONDS)
            async with self._client.get(f"{self._url}/", timeout=timeout) as answer:
                return answer.status == OK
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    @cached_property
    def _client(self) -> aiohttp.ClientSession:
        """Created at first use, in the running loop."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS)
        return aiohttp.ClientSession(headers=self._headers, timeout=timeout)
