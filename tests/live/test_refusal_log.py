"""What is refused at the door is told: counted, a line for each kind, and nothing of what was sent."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from waiting import wait_until
from web_client import Client

from bot.live.gateway import Gateway
from bot.live.rate_limits import RateLimits
from bot.live.refusal_log import RefusalLog
from bot.settings import Settings

EVIL = {"origin": "https://evil.example"}


@pytest.fixture
def web_settings(web_settings: Settings) -> Settings:
    """Six messages a minute, three at once."""
    return replace(web_settings, messages_per_minute=6)


def _told(gateway: Gateway, log: io.StringIO) -> list[str]:
    """The lines of now, without how they begin."""
    before = len(log.getvalue())
    gateway.refused.flush()
    return [line.partition("s: ")[2] for line in log.getvalue()[before:].splitlines()]


def test_answers(http: TestClient, gateway: Gateway, log: io.StringIO) -> None:
    """Other origins, forms of others, hosts that are none, keys that open nothing: by door, whatever the path is."""
    for path in ("/v1/events", "/v1/rahasia"):
        http.get(path, headers=EVIL)
    http.get("/v1/unread", headers={"authorization": "Bearer made-up"})
    http.post("/agent/login", data={"login": "sari@example.com"})
    http.post("/agent/account/password", headers=EVIL)
    http.get("/", headers={"host": "a b"})
    http.get("/healthz")
    assert _told(gateway, log) == [
        "400 at elsewhere, 1 times, 1 clients, most often testclient (1 times)",
        "401 at /agent, 1 times, 1 clients, most often testclient (1 times)",
        "401 at /v1/, 1 times, 1 clients, most often testclient (1 times)",
        "403 at /agent, 1 times, 1 clients, most often testclient (1 times)",
        "403 at /v1/, 2 times, 1 clients, most often testclient (2 times)"]
    assert _told(gateway, log) == []


def test_sockets(connect: Any, http: TestClient, gateway: Gateway, log: io.StringIO) -> None:
    """Those that don't open, and of the others the frames that are none, or too many."""
    gateway.rates = RateLimits(6, lambda: 0.0)
    for path in ("/v1/socket", "/agent/socket"):
        with pytest.raises(WebSocketDisconnect), http.websocket_connect(path, headers=EVIL):
            pass
    client: Client = connect()
    client.hello()
    client.socket.send_text('{"type": "rahasia"}')
    client.until("error", code="bad_frame")
    for number in range(4):
        client.send("say", text=f"rahasia {number}")
    client.until("error", code="rate_limited")
    told = _told(gateway, log)
    assert [line[:line.index(" times")] for line in told] == [
        "403 at /agent, 1", "403 at /v1/, 1", "frames, bad_frame, 1", "frames, rate_limited, 1"]
    assert "rahasia" not in log.getvalue()


def test_a_flood_is_a_line(log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, and from wherever they come."""
    monkeypatch.setattr("bot.live.refusal_log._MOST_CLIENTS", 3)
    refused = RefusalLog()
    for number in range(100):
        refused.answer(429, "/v1/frames", f"192.0.2.{max(0, number % 10 - 1)}")
        refused.answer(200, "/v1/frames", "192.0.2.1")
        refused.answer(404, f"/{number}", "192.0.2.1")
        refused.frame("closed", "192.0.2.1")
    refused.flush()
    [line] = log.getvalue().splitlines()
    assert line.endswith("429 at /v1/, 100 times, 3 clients and others, most often 192.0.2.0 (20 times)")


class TestRounds:
    """By itself."""

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Rounds without a wait; before the gateway begins."""
        monkeypatch.setattr("bot.live.refusal_log.ROUND_SECONDS", 0.02)

    def test_the_gateway_tells_it(self, http: TestClient, log: io.StringIO) -> None:
        """It goes round for ever."""
        for door in ("/v1/events", "/hooks/x"):
            http.get(door, headers={**EVIL, "host": "a b"})
            wait_until(lambda: door[:5] in log.getvalue(), log.getvalue)  # noqa: B023
