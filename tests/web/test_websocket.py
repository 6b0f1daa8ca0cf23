"""The socket itself: clients that don't read, don't speak text, or go away in the middle."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from waiting import PATIENCE_SECONDS, wait_until_async
from web_client import Client, Plain

from bot.core.conversation import Author, Change, Kind, NewEntry
from bot.live.gateway import Gateway
from bot.settings import Settings
from bot.web import websocket as module


class Stuck:
    """An ASGI client that says hello and then reads nothing any more."""

    def __init__(self, key: str) -> None:
        hello = json.dumps({"type": "hello", "protocol": 1, "lang": "id", "key": key})
        self.says = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": hello}]
        self.read: list[dict[str, Any]] = []
        self.scope = {"type": "websocket", "path": "/v1/socket", "raw_path": b"/v1/socket", "query_string": b"",
                      "headers": [], "client": ("10.0.0.1", 1), "server": ("127.0.0.1", 8080), "scheme": "ws",
                      "root_path": "", "subprotocols": []}

    async def receive(self) -> dict[str, Any]:
        """What it says, then silence."""
        while not self.says:
            await asyncio.sleep(3600)
        return self.says.pop(0)

    async def send(self, message: Any) -> None:
        """Takes the welcome."""
        if len(self.read) >= 2:
            await asyncio.sleep(3600)
        self.read.append(message)


def test_a_client_that_reads_no_more(connect: Any, http: TestClient, gateway: Gateway,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    """Is dropped, and nothing more is kept for it; those beside it see everything."""
    monkeypatch.setattr(module, "MOST_UNSENT", 20)
    monkeypatch.setattr(module, "CLOSING_SECONDS", 0.05)
    client: Client = connect()
    conversation = client.hello()["conversation"]
    stuck = Stuck(client.key)

    async def meanwhile() -> int:
        task = asyncio.create_task(http.app(stuck.scope, stuck.receive, stuck.send))  # type: ignore[arg-type]
        await wait_until_async(lambda: len(stuck.read) >= 2)
        viewers = len(gateway.pubsub._subscribers[conversation])
        for number in range(30):
            await gateway.log_writer.write(
                Change(conversation, (NewEntry(Author.BOT, Kind.TEXT, {"text": str(number)}),)))
        await asyncio.wait_for(task, PATIENCE_SECONDS)
        return viewers

    assert http.portal.call(meanwhile) == 2  # type: ignore[union-attr]
    assert len(gateway.pubsub._subscribers[conversation]) == 1
    assert client.until("entry", text="29")["seq"] == 31


@pytest.mark.parametrize("frame", [None, "ping", "history", "no frame at all"])
def test_who_never_says_hello(http: TestClient, monkeypatch: pytest.MonkeyPatch, frame: str | None) -> None:
    """Is sent away, whatever it says instead."""
    monkeypatch.setattr(module, "HELLO_SECONDS", 0.1)
    with http.websocket_connect("/v1/socket") as socket:
        if frame:
            socket.send_text(json.dumps({"type": frame}) if " " not in frame else frame)
            socket.receive_text()
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == module.POLICY_VIOLATION


def test_who_says_hello_may_be_silent(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading is enough from then on."""
    monkeypatch.setattr(module, "HELLO_SECONDS", 0.05)
    one, silent = connect(), connect()
    silent.hello()
    one.send("ping")
    with pytest.raises(WebSocketDisconnect):  # the time is over
        while True:
            one.next()
    assert silent.ask("halo")["text"] == "heard: halo"


def test_too_much_waits_for_a_client(connect: Any, http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few large frames are as much as many small ones."""
    monkeypatch.setattr(module, "LARGEST_UNSENT", 10_000)
    monkeypatch.setattr(module, "CLOSING_SECONDS", 0.05)
    client: Client = connect()
    client.hello()
    for _ in range(5):
        client.ask("x" * 1900)
    stuck = Stuck(client.key)
    stuck.says += [{"type": "websocket.receive", "text": json.dumps({"type": "history", "before": 100})}] * 20
    http.portal.call(lambda: asyncio.wait_for(http.app(stuck.scope, stuck.receive, stuck.send), 20))  # type: ignore
    assert len(stuck.read) == 2


class TestOneAddress:
    """How many it may have open."""

    @pytest.fixture
    def web_settings(self, web_settings: Settings) -> Settings:
        """Room for two."""
        return replace(web_settings, sockets_per_address=2)

    def test_one_too_many(self, connect: Any, http: TestClient) -> None:
        """Is refused, as is a request that would wait; what is answered at once goes on; who leaves makes room."""
        first, second = connect(), connect()
        first.hello()
        second.hello()
        with pytest.raises(WebSocketDisconnect), http.websocket_connect("/v1/socket"):
            pass
        plain = Plain(http)
        last = plain.hello()["entries"][-1]["seq"]
        [frame] = plain.events(last, 5)
        assert frame["code"] == "rate_limited" and frame["retry_after"] > 0
        assert plain.events(0)[-1]["entry"]["seq"] == last
        first.socket.close()
        while True:
            try:
                connect().hello()
                break
            except WebSocketDisconnect:
                continue


def test_bytes_are_no_frames(http: TestClient) -> None:
    """The protocol is text: the connection is closed, and says why."""
    with http.websocket_connect("/v1/socket") as socket:
        socket.send_bytes(b"\x00\xff")
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == 1003


def test_gone_before_the_answer(connect: Any, http: TestClient) -> None:
    """What was sent is stored and answered; the client finds it when it comes back."""
    client: Client = connect()
    client.hello()
    client.send("say", text="lalu pergi")
    client.socket.close()
    back = connect(client.key)
    texts = [entry["text"] for entry in back.hello()["entries"]]
    while "heard: lalu pergi" not in texts:
        texts.append(back.until("entry")["text"])
    assert texts.count("lalu pergi") <= 1 == texts.count("heard: lalu pergi")
