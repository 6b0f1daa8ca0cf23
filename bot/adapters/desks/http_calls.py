"""Calls to the HTTP interface of an outside desk. Every failure is a `DeskUnavailable`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.adapters.desks.public_address import PrivateAddress, PublicResolver, by_https, check_public, origin_of
from bot.core.errors import DeskUnavailable

ANSWER_SECONDS = 15.0
CONNECT_SECONDS = 5.0
TOO_MANY = 429
NOT_FOUND = 404
_NOT_ALLOWED = (401, 403)
# Statuses of a server, or its proxy, that never accepts this file.
UNTAKEN = (400, 413, 415, 422)
# Statuses from the first to below the second: the server never accepts this request.
_FIRST_REFUSAL, _FIRST_FAILURE = 300, 500
# Statuses of a file that may come later. Some stores answer 403 for a file that is not there yet.
_PERHAPS_LATER = (403, NOT_FOUND, 408, 409, 423, 425)
_REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 5


class CallRefused(DeskUnavailable):
    """The desk refused the request, with the HTTP status `status`."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class HttpCalls:
    """Calls to one desk. `name` stands in messages. `home` is the desk's own address. `headers` and `auth` go with
    every call, but with a `download` only if it is `signed`."""

    def __init__(
        self, name: str, home: str, headers: Mapping[str, str], auth: aiohttp.BasicAuth | None = None,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._name = name
        self._home = origin_of(home)
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
        """Send `body` as JSON; returns the JSON of the answer, `None` if it is empty."""
        return await self._call("POST", url, json=body, params=params, headers=headers)

    async def put(self, url: str, body: Mapping[str, Any]) -> Any:
        """As `post`, with PUT."""
        return await self._call("PUT", url, json=body)

    async def upload(
        self, url: str, fields: Mapping[str, str], field: str, file: tuple[str, str, bytes],
        params: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a form with `file` (name, media type, content) in `field`; returns the JSON of the answer."""
        form = aiohttp.FormData(quote_fields=False)
        for key, value in fields.items():
            form.add_field(key, value)
        name, media_type, content = file
        form.add_field(field, content, filename=name, content_type=media_type)
        return await self._call("POST", url, data=form, params=params)

    async def download(self, url: str, limit: int, *, signed: bool = False) -> bytes | None:
        """The first `limit` + 1 bytes of the file at `url`; `None`: not there yet; b"": it will never be there.

        `url` may be forged. So files come from the desk's own address, or by https from a public one. With `signed`,
        the sign-in of other calls goes to the desk's own address, until a redirect leads to another one."""
        try:
            for _ in range(MOST_REDIRECTS + 1):
                is_home = origin_of(url) == self._home
                signed = signed and is_home
                if "@" in urlsplit(url).netloc:  # a sign-in within the address
                    return b""
                if not is_home:
                    url = by_https(url)
                    check_public(str(urlsplit(url).hostname))
                async with self._download_client(is_home) as client, client.get(
                        url, allow_redirects=False, auth=self._auth if signed else None,
                        headers=self._headers if signed else None) as answer:
                    if answer.status in _REDIRECTS and "Location" in answer.headers:
                        url = urljoin(url, answer.headers["Location"])
                        continue
                    self._check("GET", answer)
                    return await read_content(answer, limit)
            return b""
        except CallRefused as error:
            return None if error.status in _PERHAPS_LATER else b""
        except (aiohttp.InvalidURL, PrivateAddress):
            return b""
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, PrivateAddress):
                return b""
            raise self._unavailable("GET", error) from error
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise self._unavailable("GET", error) from error

    def _download_client(self, is_home: bool) -> aiohttp.ClientSession:
        resolver = None if is_home else PublicResolver()
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False)
        return aiohttp.ClientSession(timeout=self._timeout, connector=connector)

    async def aclose(self) -> None:
        """Give the connections back; the next call makes new ones."""
        if client := self.__dict__.pop("_client", None):
            await client.close()

    async def _call(self, method: str, url: str, **how: Any) -> Any:
        # A redirect would turn a POST into a GET.
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
        if answer.status in _NOT_ALLOWED:
            said += ": is Kilat's key still valid, and may its user see this?"
        if answer.status >= _FIRST_REFUSAL:
            raise CallRefused(said, answer.status)

    def _unavailable(self, method: str, error: BaseException) -> DeskUnavailable:
        # Name the error's type only: its message may hold the address.
        return DeskUnavailable(f"{self._name}: {method} failed: {type(error).__name__}")

    @cached_property
    def _client(self) -> aiohttp.ClientSession:
        """Created at first use, in the running loop."""
        return aiohttp.ClientSession(headers=self._headers, auth=self._auth, timeout=self._timeout)


async def read_content(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    """The first `limit` + 1 bytes of a body."""
    content = b""
    async for chunk in answer.content.iter_chunked(65536):
        content += chunk
        if len(content) > limit:
            return content[:limit + 1]
    return content


def retry_after(value: str | None) -> float | None:
    """The seconds to wait by a `Retry-After` header (a number of seconds, or a date); `None`: it says nothing."""
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
