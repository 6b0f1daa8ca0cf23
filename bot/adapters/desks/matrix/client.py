"""Calls of Matrix's client-server API, as far as a desk needs them.

Reference: https://spec.matrix.org/latest/client-server-api/

No library: `matrix-nio` would take `h11` and `wsproto` back to versions that the gateway can't use.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.adapters.desks.http_calls import retry_after
from bot.core.errors import DeskUnavailable

ANSWER_SECONDS = 15.0
CONNECT_SECONDS = 5.0
TOO_MANY, FAILURE, REFUSAL = 429, 500, 300
# Servers before 1.11 give files back without asking who wants them, elsewhere.
_MEDIA = ("/_matrix/client/v1/media/download", "/_matrix/media/v3/download")
_UNKNOWN = (400, 404, 405)


class MatrixRefused(DeskUnavailable):
    """The server answered, and will not do this; `status` is HTTP's, `code` Matrix's (`M_FORBIDDEN`, …)."""

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class MatrixClient:
    """One user at one server. Whatever goes wrong is `DeskUnavailable`."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token

    async def get(self, *path: str, seconds: float = ANSWER_SECONDS, **params: str) -> Any:
        """What is at `path`."""
        return await self._call("GET", _client(path), params=params, seconds=seconds)

    async def put(self, *path: str, body: Mapping[str, Any]) -> Any:
        """Put `body` at `path`."""
        return await self._call("PUT", _client(path), json=body)

    async def post(self, *path: str, body: Mapping[str, Any]) -> Any:
        """Ask for `path` with `body`."""
        return await self._call("POST", _client(path), json=body)

    async def upload(self, name: str, media_type: str, content: bytes) -> str:
        """Keep a file there; its `mxc://` address."""
        answer = await self._call("POST", "/_matrix/media/v3/upload", params={"filename": name}, data=content,
                                  headers={"Content-Type": media_type})
        return str(answer["content_uri"])

    async def download(self, address: str, limit: int) -> bytes:
        """At most `limit` + 1 bytes of a file, by its `mxc://` address."""
        server, _, media = address.removeprefix("mxc://").partition("/")
        for number, root in enumerate(_MEDIA):
            try:
                path = f"{root}/{quote(server, safe='')}/{quote(media, safe='')}"
                return await self._fetch(path, limit)
            except MatrixRefused as error:
                if error.status not in _UNKNOWN or number:
                    raise
        raise AssertionError("the last one returns or raises")

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._session.close()

    async def _fetch(self, path: str, limit: int) -> bytes:
        try:
            async with self._session.get(URL(self._url + path, encoded=True)) as answer:
                if answer.status >= REFUSAL:
                    raise _error(answer, await answer.read())
                content = b""
                async for chunk in answer.content.iter_chunked(65536):
                    content += chunk
                    if len(content) > limit:
                        break
                return content[:limit + 1]
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise DeskUnavailable(f"Matrix did not answer: {type(error).__name__}") from error

    async def _call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, seconds: float = ANSWER_SECONDS,
        **how: Any,
    ) -> Any:
        url = URL(self._url + path, encoded=True).update_query(params or {})
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        try:
            async with self._session.request(method, url, timeout=timeout, **how) as answer:
                content = await answer.read()
                if answer.status >= REFUSAL:
                    raise _error(answer, content)
                return json.loads(content)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise DeskUnavailable(f"Matrix did not answer: {type(error).__name__}") from error

    @cached_property
    def _session(self) -> aiohttp.ClientSession:
        """Made at first use, for it belongs to the running loop."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS)
        return aiohttp.ClientSession(headers={"Authorization": f"Bearer {self._token}"}, timeout=timeout)


def _client(path: tuple[str, ...]) -> str:
    return "/".join(["/_matrix/client/v3", *(quote(part, safe="") for part in path)])


def _error(answer: aiohttp.ClientResponse, content: bytes) -> DeskUnavailable:
    try:
        said = json.loads(content)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    code = str(said.get("errcode") or "")
    message = f"Matrix answered {answer.status} {code}".rstrip()
    if answer.status == TOO_MANY or answer.status >= FAILURE:
        # The header, since version 1.10 of the specification; older servers say it in the body.
        wait = retry_after(answer.headers.get("Retry-After"))
        milliseconds = said.get("retry_after_ms")
        if wait is None and isinstance(milliseconds, (int, float)):
            wait = milliseconds / 1000
        return DeskUnavailable(message, retry_after=wait)
    return MatrixRefused(message, answer.status, code)
