"""Downloads from outside desks never reach private addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from aiohttp.resolver import ThreadedResolver
from desks.fake_http import FakeHttp
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.adapters.desks.http_calls import MOST_REDIRECTS, HttpCalls, retry_after
from bot.adapters.desks.public_address import PrivateAddress, PublicResolver
from bot.core.errors import DeskUnavailable

LIMIT = 100


class Files(FakeHttp):
    """A server of files; `to` is where `/go` leads."""

    def __init__(self) -> None:
        super().__init__([Route("/file", self._file), Route("/go", self._go), Route("/loop", self._loop)])
        self.to = ""
        self.signed: list[str | None] = []
        self.tokens: list[str | None] = []

    async def _file(self, request: Request) -> Response:
        self.signed.append(request.headers.get("authorization"))
        self.tokens.append(request.headers.get("x-token"))
        return Response(b"content")

    async def _go(self, request: Request) -> Response:
        self.signed.append(request.headers.get("authorization"))
        self.tokens.append(request.headers.get("x-token"))
        return RedirectResponse(self.to)

    async def _loop(self, _request: Request) -> Response:
        return RedirectResponse("/loop")


@pytest.fixture
def desk() -> Iterator[Files]:
    """The desk's own server."""
    files = Files()
    files.start()
    yield files
    files.stop()


@pytest.fixture
def inside() -> Iterator[Files]:
    """Another server of this machine, which must not be reached."""
    files = Files()
    files.start()
    yield files
    files.stop()


def download(desk: Files, url: str, *, signed: bool = False) -> bytes | None:
    """Download `url` for the desk."""

    async def main() -> bytes | None:
        calls = HttpCalls("desk", f"{desk.url}/sc", {"X-Token": "geheim"}, aiohttp.BasicAuth("key", "secret"))
        try:
            return await calls.download(url, LIMIT, signed=signed)
        finally:
            await calls.aclose()

    return asyncio.run(main())


def test_the_desks_own_files(desk: Files) -> None:
    """Directly or by a redirect to itself; with the sign-in only if `signed`."""
    assert download(desk, f"{desk.url}/file") == b"content"
    desk.to = "/file"
    assert download(desk, f"{desk.url}/go") == b"content"
    assert desk.signed == desk.tokens == [None, None, None]
    assert download(desk, f"{desk.url}/go", signed=True) == b"content"
    assert desk.signed[3:] == [aiohttp.BasicAuth("key", "secret").encode()] * 2
    assert desk.tokens[3:] == ["geheim"] * 2


@pytest.mark.parametrize("way", ["direct", "redirect"])
def test_the_sign_in_stays_at_home(desk: Files, inside: Files, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other server gets the sign-in, nor does a redirect from another server use it."""
    monkeypatch.setattr("bot.adapters.desks.http_calls.check_public", lambda _host: None)
    monkeypatch.setattr("bot.adapters.desks.http_calls.by_https", lambda url: url)
    monkeypatch.setattr("bot.adapters.desks.http_calls.PublicResolver", ThreadedResolver)
    desk.to, inside.to = f"{inside.url}/go", f"{desk.url}/file"
    assert download(desk, f"{(desk if way == 'redirect' else inside).url}/go", signed=True) == b"content"
    assert inside.signed == inside.tokens == [None]
    assert desk.signed[-1] is None and desk.tokens[-1] is None


def test_an_address_with_a_sign_in_of_its_own(desk: Files) -> None:
    """Such an address is refused."""
    assert download(desk, f"http://key:secret@127.0.0.1:{desk.port}/file", signed=True) == b""
    assert download(desk, "http://a.id:99999/x") == b""
    assert desk.calls == []


HOSTS = ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("way", ["direct", "redirect"])
def test_nothing_of_this_machine(desk: Files, inside: Files, host: str, way: str) -> None:
    """In every spelling of the address, directly or by a redirect."""
    url = f"http://{host}:{inside.port}/file"
    desk.to = url
    assert download(desk, url if way == "direct" else f"{desk.url}/go", signed=True) == b""
    assert inside.calls == []


@pytest.mark.parametrize("url", [
    "http://10.0.0.1/x", "http://192.168.1.1/x", "http://172.16.0.1/x", "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/x", "http://192.0.0.1/x", "http://224.0.0.1/x", "http://[64:ff9b::7f00:1]/x",
    "http://[2002:7f00:1::]/x", "http://[::127.0.0.1]/x", "http://[fec0::1]/x", "http://[64:ff9b:1::1]/x",
    "http://[fd00::1]/x", "http://[fe80::1%25eth0]/x", "file:///etc/passwd", "ftp://a.id/x",
    "gopher://127.0.0.1/x", "//", "http://", "javascript:1", ""])
def test_nothing_of_a_private_network(desk: Files, url: str) -> None:
    """Addresses that are not HTTP are refused, too."""
    assert download(desk, url) == b""
    desk.to = url
    assert download(desk, f"{desk.url}/go") == b""


def test_a_name_that_leads_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is checked when it is resolved; one private address among many is enough to refuse it."""

    async def resolve(_self: object, _host: str, _port: int, _family: int) -> list[dict[str, str]]:
        return [{"host": "93.184.215.14"}, {"host": "10.0.0.1"}]

    async def main() -> None:
        await PublicResolver().resolve("files.example.com", 443)

    monkeypatch.setattr(ThreadedResolver, "resolve", resolve)
    with pytest.raises(PrivateAddress):
        asyncio.run(main())


def test_who_sends_on_for_ever_is_left(desk: Files) -> None:
    """Kilat follows a few redirects only."""
    assert download(desk, f"{desk.url}/loop") == b""
    assert len(desk.calls) == MOST_REDIRECTS + 1


def test_nothing_there_is_told_from_refused(desk: Files) -> None:
    """A missing file may come later; a refused one never does."""
    assert download(desk, f"{desk.url}/missing") is None


@pytest.mark.parametrize(("url", "called"), [
    ("http://files.example.com/a?b=c#d", "https://files.example.com/a?b=c#d"),
    ("http://files.example.com:80/a", "https://files.example.com/a"),
    ("http://files.example.com:8000/a", "https://files.example.com:8000/a"),
    ("https://files.example.com/a", "https://files.example.com/a")])
@pytest.mark.parametrize("way", ["direct", "redirect"])
def test_by_https(desk: Files, url: str, called: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kilat uses https even for http addresses, except for the desk's own address."""
    asked: list[str] = []
    get = aiohttp.ClientSession.get

    def one(client: aiohttp.ClientSession, address: str, **how: Any) -> Any:
        asked.append(address)
        if "example.com" in address:
            raise aiohttp.ClientError
        return get(client, address, **how)

    monkeypatch.setattr(aiohttp.ClientSession, "get", one)
    desk.to = url
    with pytest.raises(DeskUnavailable):
        download(desk, url if way == "direct" else f"{desk.url}/go")
    assert asked[-1] == called


@pytest.mark.parametrize(("header", "seconds"), [
    (None, None), ("", None), ("7", 7.0), ("soon", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)])
def test_when_to_come_back(header: str | None, seconds: float | None) -> None:
    """`Retry-After` is a number of seconds, or a date."""
    assert retry_after(header) == seconds
