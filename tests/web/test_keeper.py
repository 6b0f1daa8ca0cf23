"""What happens by itself, by a clock of the test's own: time-outs, each once, and whatever else goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from fakes import FakeClock
from web_client import Client

from bot.core.chat import Change, Chat, Event
from bot.core.errors import StoreUnavailable
from bot.web.gateway import Gateway

PATIENCE = timedelta(seconds=300)
HALF_AN_HOUR, A_MONTH = timedelta(minutes=30), timedelta(days=30)


@pytest.fixture
def clock() -> FakeClock:
    """The time, for the log, the cases and the keeper."""
    clock = FakeClock()
    clock.time = datetime.now(timezone.utc)
    return clock


@pytest.fixture
def web_clock(clock: FakeClock) -> FakeClock:
    """The same, for the gateway."""
    return clock


@pytest.fixture
def mine(token: Any) -> dict[str, str]:
    """What the customer says hello with."""
    return {"identity_token": token("premier:admin:business")}


@pytest.fixture
def waiting(connect: Any, mine: dict[str, str]) -> Iterator[tuple[Client, str]]:
    """A customer in the queue, and the conversation."""
    client: Client = connect()
    name = client.hello(**mine)["conversation"]
    client.ask("suara saya putus-putus")
    client.ask("Bicara dengan manusia", payload="/talk_to_human")
    client.until("state", status="queued")
    yield client, name


def rounds(client: Client, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What comes while the keeper goes round some times more."""
    due, seen = gateway.conversations.due, []

    def counted(now: datetime) -> list[Chat]:
        seen.append(now)
        return due(now)

    with monkeypatch.context() as counting:
        counting.setattr(gateway.conversations, "due", counted)
        frames: list[dict[str, Any]] = []
        while len(seen) < 4:
            frames += client.news()
    return frames


def test_a_long_wait(waiting: tuple[Client, str], clock: FakeClock, gateway: Gateway,
                     monkeypatch: pytest.MonkeyPatch, mine: dict[str, str]) -> None:
    """The ticket form is offered once, with what is known in it; the place is kept, however long it takes still."""
    client, _ = waiting
    clock.forward(PATIENCE - timedelta(seconds=1))
    assert rounds(client, gateway, monkeypatch) == []
    clock.forward(timedelta(seconds=2))
    entry = client.until("entry", author="bot")
    assert entry["card"]["type"] == "ticket_form" and entry["lang"] == "id"
    assert entry["card"]["values"]["email"] == "sari@example.com"
    clock.forward(10 * PATIENCE)
    assert rounds(client, gateway, monkeypatch) == []
    state = client.hello(**mine)["state"]
    assert (state["status"], state["queue"]["position"]) == ("queued", 1)


def test_a_ticket_from_the_queue(waiting: tuple[Client, str], clock: FakeClock, mine: dict[str, str]) -> None:
    """Keeps the place until the visitor leaves."""
    client, _ = waiting
    clock.forward(PATIENCE)
    client.until("entry", author="bot")
    values = {"subject": "Suara", "description": "putus", "email": "ada@example.com", "priority": "p3"}
    client.until("ack", client_id=client.send("ticket", values=values))
    assert client.until("entry", author="bot")["card"]["type"] == "ticket"
    assert client.hello(**mine)["state"]["queue"]["position"] == 1
    client.send("leave_queue")
    assert client.until("state", status="bot")["queue"] is None


def test_an_offer_runs_out(connect: Any, clock: FakeClock, gateway: Gateway) -> None:
    """Silently: the bot has the word again."""
    client = connect()
    name = client.hello()["conversation"]
    client.ask("halo")
    gateway.conversations.write([Change(name, event=Event.OFFER)])
    assert client.hello()["state"]["status"] == "offered"
    clock.forward(HALF_AN_HOUR)
    assert client.until("state")["status"] == "bot"
    assert client.hello(after=1)["entries"][-1]["text"] == "heard: halo"


def test_a_forgotten_conversation(connect: Any, clock: FakeClock) -> None:
    """Ends after a month, in words, and once; who comes back may begin another."""
    client = connect()
    client.hello(lang="en")
    clock.forward(A_MONTH - timedelta(seconds=1))
    client.ask("still there?")
    clock.forward(A_MONTH)
    entry = client.until("entry", author="system")
    assert (entry["kind"], entry["event"], entry["lang"]) == ("event", "ended", "en")
    assert client.until("state", status="closed")
    clock.forward(A_MONTH)
    client.news()
    welcome = client.hello()
    assert [entry.get("event") for entry in welcome["entries"]].count("ended") == 1


def test_one_that_breaks_stops_no_other(waiting: tuple[Client, str], connect: Any, clock: FakeClock, gateway: Gateway,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest due comes first, and fails each time; those behind it time out all the same."""
    def broken(_turn: object) -> None:
        raise KeyError("odd state")

    monkeypatch.setattr(gateway.counter, "waited_long", broken)
    other = connect()
    other.hello()
    clock.forward(A_MONTH)
    assert other.until("state", status="closed")
    monkeypatch.undo()
    assert waiting[0].until("entry", author="bot")["card"]["type"] == "ticket_form"


def test_the_store_is_away_for_a_while(waiting: tuple[Client, str], clock: FakeClock, gateway: Gateway,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """The next round does it, once."""
    client, _ = waiting
    due, failures = gateway.conversations.due, iter(range(3))

    def failing(now: datetime) -> list[Chat]:
        if next(failures, None) is not None:
            raise StoreUnavailable("locked")
        return due(now)

    monkeypatch.setattr(gateway.conversations, "due", failing)
    clock.forward(PATIENCE)
    assert client.until("entry", author="bot")["card"]["type"] == "ticket_form"
    assert next(failures, None) is None


def test_places_are_asked_for_those_who_look(waiting: tuple[Client, str], gateway: Gateway,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks no more costs nothing; come back, they see their place as it is then."""
    client, name = waiting
    assert name in gateway.places
    client.send("end")
    client.until("state", status="closed")
    rounds(client, gateway, monkeypatch)
    assert name not in gateway.places
    asked: list[str] = []
    monkeypatch.setattr(gateway.cases, "places", lambda: asked.append("all") or {})
    rounds(client, gateway, monkeypatch)
    assert asked == []
