"""How fast a client may be, and that one who is too fast stops nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import Client, Plain

from bot.live.gateway import Gateway
from bot.live.rate_limits import LETTERS, OPENING, RateLimits
from bot.settings import Settings

PER_MINUTE = 6


@pytest.fixture
def web_settings(web_settings: Settings) -> Settings:
    """Six messages a minute, three at once."""
    return replace(web_settings, messages_per_minute=PER_MINUTE)


@pytest.fixture(autouse=True)
def stopped_clock(gateway: Gateway) -> None:
    """No allowance grows while a test runs."""
    gateway.rates = RateLimits(PER_MINUTE, lambda: 0.0)


def refusal(client: Client, client_id: str) -> Any:
    """The error that answers a frame."""
    error = client.until("error", client_id=client_id)
    assert error["code"] == "rate_limited"
    return error["retry_after"]


def test_too_many_messages(connect: Any) -> None:
    """The client learns when to try again; what was refused is not stored. Other conversations go on."""
    client, other = connect(), connect()
    client.hello()
    other.hello()
    for number in range(3):
        client.ask(f"pesan {number}")
    late = client.send("say", text="terlalu cepat")
    assert refusal(client, late) == 60 / PER_MINUTE
    assert other.ask("saya juga")["text"] == "heard: saya juga"
    other.key = client.key
    assert "terlalu cepat" not in str(other.hello()["entries"])


@pytest.mark.parametrize(("frame", "fields"), [
    ("rate", {"score": 5}), ("leave_queue", {}), ("end", {}),
    ("ticket", {"values": {"subject": "Suara", "description": "putus", "email": "a@b.id", "priority": "p3"}})])
def test_whatever_is_written_counts(connect: Any, frame: str, fields: dict[str, Any]) -> None:
    """A log is not filled by other frames instead."""
    client = connect()
    client.hello()
    for _ in range(3):
        client.ask("pesan")
    assert refusal(client, client.send(frame, **fields))


def test_languages_back_and_forth(connect: Any) -> None:
    """Each switch greets anew, so it counts, too."""
    client = connect()
    client.hello(lang="id")
    for lang in ("en", "id", "en"):
        client.send("language", lang=lang)
        client.until("state", lang=lang)
    client.send("language", lang="id")
    assert client.until("error")["code"] == "rate_limited"
    assert "entry" not in [frame["type"] for frame in client.news()]


def test_a_flood_of_visitors(connect: Any, http: TestClient) -> None:
    """One address begins so many anonymous conversations, over whatever transport; to come back costs less."""
    clients = [connect() for _ in range(10 * PER_MINUTE // 2 // OPENING)]
    for client in clients:
        client.hello()
    late = connect()
    late.send("hello", protocol=1, lang="id")
    error = late.next()
    assert (error["code"], error["retry_after"]) == ("rate_limited", 1)
    [plain] = Plain(http).send("hello", protocol=1, lang="id")
    assert plain["code"] == "rate_limited"
    clients[0].send("identify", identity_token=None)
    assert clients[0].until("error")["code"] == "rate_limited"


def test_the_same_visitors_again(connect: Any) -> None:
    """Who has a conversation, or signs in, costs one; a key that opens nothing makes a new one, and costs as that."""
    client, times = connect(), 10 * PER_MINUTE // 2 - OPENING
    client.hello()
    for _ in range(times - OPENING):
        client.hello()
    stranger = connect()
    stranger.hello(key="kb_" + "x" * 32)
    client.send("hello", protocol=1, lang="id", key=client.key)
    assert client.until("error")["code"] == "rate_limited"


def test_long_messages(connect: Any) -> None:
    """Of an address's allowance they take more than short ones; of their own conversation's, one each."""
    left = 10 * PER_MINUTE // 2
    while left >= 1:
        client = connect()
        client.hello()
        left -= OPENING
        if left >= 1:
            client.until("ack", client_id=client.send("say", text="a" * 1999))
            left -= 1 + 1999 // LETTERS
    late = connect()
    late.send("hello", protocol=1, lang="id")
    assert late.next()["code"] == "rate_limited"


def test_looking_costs_less_but_not_nothing(connect: Any, http: TestClient) -> None:
    """Reading frames and requests share an allowance of their address; with it spent, a request says when to return."""
    client = connect()
    client.hello()
    for _ in range(20 * PER_MINUTE):
        client.send("history", before=2)
    client.send("read", seq=1)
    assert client.until("error")["code"] == "rate_limited"
    assert client.news() == []
    answer = http.get("/v1/unread", headers=Plain(http, client.key).headers)
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
    assert client.ask("menulis tetap bisa")["text"] == "heard: menulis tetap bisa"


def test_uploads(http: TestClient, gateway: Gateway) -> None:
    """Files count as messages; an address has no more of them than one conversation, however many it has."""
    codes = []
    for number in range(2):
        visitor = Plain(http)
        visitor.hello()
        for digit in range(2):
            path = f"/v1/files?client_id=6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c{number}{digit}"
            codes.append(http.post(path, content=b"GIF89a" + bytes(30), headers=visitor.headers).status_code)
    assert codes == [200, 200, 200, 429]


def test_a_setting_of_one() -> None:
    """Lets one through, not none."""
    rates = RateLimits(1)
    assert rates.write("c_1", "a") == 0 < rates.write("c_1", "a")
