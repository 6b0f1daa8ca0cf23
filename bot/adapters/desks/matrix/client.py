"""Calls of Matrix's client-server API.

Reference: https://spec.matrix.org/latest/client-server-api/

No library: `matrix-nio` needs versions of `h11` and `wsproto` that are too old for the gateway.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.adapters.desks.http_calls import read_content, retry_after
from bot.core.errors import DeskUnavailable

ANSWER_SECONDS = 15.0
CONNECT_SECONDS = 5.0
TOO_MANY, FAILURE, REFUSAL = 429, 500, 300
# The paths of files: the second is for servers before 1.11, which ask for no token there.
_MEDIA = ("/_matrix/client/v1/media/download", "/_matrix/media/v3/download")
_UNKNOWN = (400, 404, 405)


class MatrixRefused(DeskUnavailable):
    """The server refused the request; `status` is HTTP's, `code` is Matrix's (`M_FORBIDDEN`, …)."""

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class MatrixClient:
    """One user at one server. Every failure is a `DeskUnavailable`."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token

    async def get(self, *path: str, seconds: float = ANSWER_SECONDS, **params: str) -> Any:
        """The JSON at `path`. The answer may take `seconds`."""
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        return await self._call("GET", _client(path), params=params, timeout=timeout)

    async def put(self, *path: str, body: Mapping[str, Any]) -> Any:
        """PUT `body` as JSON; returns the JSON of the answer."""
        return await self._call("PUT", _client(path), json=body)

    async def post(self, *path: str, body: Mapping[str, Any]) -> Any:
        """POST `body` as JSON; returns the JSON of the answer."""
        return await self._call("POST", _client(path), json=body)

    async def upload(self, name: str, media_type: str, content: bytes) -> str:
        """Upload a file; returns its `mxc://` address."""
        answer = await self._call("POST", "/_matrix/media/v3/upload", params={"filename": name}, data=content,
                                  headers={"Content-Type": media_type})
        return str(answer["content_uri"])

    async def download(self, address: str, limit: int) -> bytes:
        """The first `limit` + 1 bytes of the file at an `mxc://` address."""
        server, _, media = address.removeprefix("mxc://").partition("/")
        for number, root in enumerate(_MEDIA):
            path = f"{root}/{quote(server, safe='')}/{quote(media, safe='')}"
            try:
                return bytes(await self._call("GET", path, read=partial(read_content, limit=limit)))
            except MatrixRefused as error:
                if error.status not in _UNKNOWN or number:
                    raise
        raise AssertionError("the last path returns or raises")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None,
        read: Callable[[aiohttp.ClientResponse], Awaitable[Any]] | None = None, **how: Any,
    ) -> Any:
        url = URL(self._url + path, encoded=True).update_query(params or {})
        try:
            async with self._session.request(method, url, **how) as answer:
                if answer.status >= REFUSAL:
                    raise _error(answer, await answer.read())
                return await read(answer) if read else json.loads(await answer.read())
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise DeskUnavailable(f"Matrix did not answer: {type(error).__name__}") from error

    @cached_property
    def _session(self) -> aiohttp.ClientSession:
        """Created at first use, in the running loop."""
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
        # Older servers than version 1.10 of the specification say the pause in the body, not in the header.
        wait = retry_after(answer.headers.get("Retry-After"))
        milliseconds = said.get("retry_after_ms")
        if wait is None and isinstance(milliseconds, (int, float)):
            wait = milliseconds / 1000
        return DeskUnavailable(message, retry_after=wait)
    return MatrixRefused(message, answer.status, code)
