"""Alerts technical account managers by an incoming webhook of a chat."""

from __future__ import annotations

import asyncio

import aiohttp

from bot.core.errors import DeskUnavailable
from bot.ports import AccountManagers, Alarm

TIMEOUT = aiohttp.ClientTimeout(total=10)


class AccountManagerWebhook(AccountManagers):
    """`AccountManagers` by a POST of JSON: `text` and the fields of the case, with the header `Idempotency-Key`.
    Without a `url`, nobody can be alerted. The address may hold a secret, so no error names it."""

    def __init__(self, url: str | None) -> None:
        self._url = url

    @property
    def can_be_told(self) -> bool:
        return self._url is not None

    async def tell(self, alarm: Alarm) -> None:
        """See `AccountManagers`. Any status 2xx is a success."""
        assert self._url is not None, "`can_be_told` is true"
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
