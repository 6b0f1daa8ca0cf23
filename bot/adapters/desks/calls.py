"""Calls to the HTTP interface of an outside desk: whatever goes wrong becomes `DeskUnavailable`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import aiohttp

from bot.core.errors import DeskUnavailable

ANSWER_SECONDS = 15.0
CONNECT_SECONDS = 5.0
TOO_MANY = 429
NOT_FOUND = 404
# What a server says when it will never take this very request.
_FIRST_REFUSAL, _FIRST_FAILURE = 300, 500


class CallRefused(DeskUnavailable):
    """The desk answered, and will not do this; `status` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Calls:
    """Calls to one desk. `name` is for messages; `headers` and `auth` go with every call, `download` sends neither."""

    def __init__(
        self, name: str, headers: Mapping[str, str], auth: aiohttp.BasicAuth | None = None,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._name = name
        self._headers = dict(headers)
        self._auth = auth
        self._timeout = aiohttp.ClientTimeout(total=answer_seconds, sock_connect=CONNECT_SECONDS)

    async def get(self, url: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON at `url`."""
        return await self._call("GET", url, params=params)

    async def post(
        self, url: str, body: Mapping[str, Any], params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send `body` as JSON; the JSON that came back, `None` when nothing did."""
        return await self._call("POST", url, json=body, params=params, headers=headers)

    async def put(self, url: str, body: Mapping[str, Any]) -> Any:
        """Make what is at `url` like `body`; the JSON that came back, `None` when nothing did."""
        return await self._call("PUT", url, json=body)

    async def upload(
        self, url: str, fields: Mapping[str, str], field: str, file: tuple[str, str, bytes],
        params: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a form with `file` (its name, media type and content) in `field`; the JSON that came back."""
        form = aiohttp.FormData(quote_fields=False)
        for key, value in fields.items():
            form.add_field(key, value)
        name, media_type, content = file
        form.add_field(field, content, filename=name, content_type=media_type)
        return await self._call("POST", url, data=form, params=params)

    async def download(self, url: str, limit: int) -> bytes:
        """At most `limit` + 1 bytes of `url`, which need not be the desk's own: it learns nothing of our secrets. None
        of what will never be given: who waited for it would hear nothing of what was said after it."""
        try:
            async with aiohttp.ClientSession(timeout=self._timeout) as client, client.get(url) as answer:
                self._check("GET", answer)
                content = b""
                async for chunk in answer.content.iter_chunked(65536):
                    content += chunk
                    if len(content) > limit:
                        return content[:limit + 1]
                return content
        except (CallRefused, aiohttp.InvalidURL):
            return b""
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise self._unavailable("GET", error) from error

    async def aclose(self) -> None:
        """Give the connections back; the next call makes new ones."""
        if client := self.__dict__.pop("_client", None):
            await client.close()

    async def _call(self, method: str, url: str, **how: Any) -> Any:
        # A redirect would turn a POST into a GET: the address of the setting has to be the right one.
        try:
            async with self._client.request(method, url, allow_redirects=False, **how) as answer:
                self._check(method, answer)
                text = await answer.text()
                return json.loads(text) if text.strip() else None
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise self._unavailable(method, error) from error

    def _check(self, method: str, answer: aiohttp.ClientResponse) -> None:
        said = f"{self._name}: {method} was answered with {answer.status}"
        if answer.status == TOO_MANY or answer.status >= _FIRST_FAILURE:
            raise DeskUnavailable(said, retry_after=retry_after(answer.headers.get("Retry-After")))
        if answer.status >= _FIRST_REFUSAL:
            raise CallRefused(said, answer.status)

    def _unavailable(self, method: str, error: BaseException) -> DeskUnavailable:
        # The type alone: what aiohttp says may hold the address.
        return DeskUnavailable(f"{self._name}: {method} failed: {type(error).__name__}")

    @cached_property
    def _client(self) -> aiohttp.ClientSession:
        """Made at first use, for it belongs to the running loop."""
        return aiohttp.ClientSession(headers=self._headers, auth=self._auth, timeout=self._timeout)


def retry_after(value: str | None) -> float | None:
    """The seconds that a `Retry-After` header asks to wait: it is a number of them, or a date."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=timezone.utc)
    return max(0.0, (until - datetime.now(timezone.utc)).total_seconds())
