"""Telling a technical account manager by a webhook, as the incoming webhooks of chats take it."""

from __future__ import annotations

import asyncio

import aiohttp

from bot.core.errors import DeskUnavailable
from bot.ports import AccountManagers, Alarm

TIMEOUT = aiohttp.ClientTimeout(total=10)


class TamWebhook(AccountManagers):
    """`Managers`, by a POST of JSON: `text` and the fields of the case; the header `Idempotency-Key` has its id.

    Without a `url` nobody can be told. The address may hold a secret, so no error names it."""

    def __init__(self, url: str | None) -> None:
        self._url = url

    @property
    def can_be_told(self) -> bool:
        return self._url is not None

    async def tell(self, alarm: Alarm) -> None:
        """See `Managers`; any status of 2xx means that it was told."""
        assert self._url is not None, "asked of managers that can be told"
        body, headers = {"text": alarm.text, **alarm.case}, {"Idempotency-Key": alarm.id}
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as session,
                session.post(self._url, json=body, headers=headers, allow_redirects=False) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise DeskUnavailable(f"the managers' webhook did not answer: {type(error).__name__}") from None
        if not 200 <= status < 300:
            raise DeskUnavailable(f"the managers' webhook answered {status}")
