"""What happens by itself, by a clock of the test's own: time-outs, each once, and whatever else goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from fakes import FakeClock
from web_client import Client

from bot.core.case import WaitRange
from bot.core.conversation import Agent, Change, Conversation, Event
from bot.core.errors import StoreUnavailable
from bot.live.gateway import Gateway
from bot.ports import QueuePlace

BUDI = Agent("budi", "Budi")
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

    def counted(now: datetime) -> list[Conversation]:
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


def test_the_form_in_the_queue(waiting: tuple[Client, str], gateway: Gateway) -> None:
    """To look at the ticket form, or to ask something else, gives no place up."""
    client, name = waiting
    assert client.ask("Kirim tiket", payload="/create_ticket")["card"]["type"] == "ticket_form"
    client.ask("berapa lama P1 dijawab?")
    conversation, place = gateway.conversations.get(name), gateway.cases.place(name)
    assert (
        conversation is not None and conversation.status.value == "queued" and place is not None and place.position == 1
    )


def test_silence_after_an_answer(waiting: tuple[Client, str], clock: FakeClock, gateway: Gateway, run: Any) -> None:
    """The agent has answered and the visitor is gone: after half an hour the bot is back, and says so once."""
    client, name = waiting
    run(gateway.case_actions.take, name, BUDI)
    client.until("state", status="connected")
    run(gateway.case_actions.say, name, BUDI, "Sudah beres?", "1")
    client.until("entry", author="agent")
    clock.forward(HALF_AN_HOUR)
    event = client.until("entry", author="system")
    assert event["event"] == "returned" and "Budi" not in event["text"]
    assert client.until("state")["status"] == "bot"
    (case,) = gateway.cases.of_conversation(name)
    assert (case.state.value, case.outcome.value) == ("closed", "silent")
    client.ask("masih di sana?")


def test_silence_of_the_agent(waiting: tuple[Client, str], clock: FakeClock, gateway: Gateway, run: Any) -> None:
    """The visitor waits for an answer: the case goes back to the queue, for anybody, and is not lost."""
    client, name = waiting
    run(gateway.case_actions.take, name, BUDI)
    client.until("state", status="connected")
    client.send("say", text="Halo?")
    client.until("ack")
    clock.forward(HALF_AN_HOUR)
    assert client.until("entry", author="system")["event"] == "transferred"
    (case,) = gateway.cases.of_conversation(name)
    assert (case.state.value, case.agent, case.reserved_for) == ("queued", None, None)
    clock.forward(timedelta(minutes=2))
    assert client.until("state", status="queued")["queue"]["position"] == 1
    assert [stored.note.kind for stored in gateway.cases.notes(name)] == ["taken", "transferred"]


def test_an_agent_in_the_middle_of_an_answer(waiting: tuple[Client, str], clock: FakeClock, gateway: Gateway,
                                             run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is not silent: the case stays with them while they type, and goes when they have stopped for long."""
    client, name = waiting
    run(gateway.case_actions.take, name, BUDI)
    client.until("state", status="connected")

    async def type_a_letter() -> None:
        gateway.case_actions.typing(name, BUDI, on=True)

    run(type_a_letter)
    clock.forward(HALF_AN_HOUR)
    assert [frame["type"] for frame in rounds(client, gateway, monkeypatch)] in ([], ["typing"])
    monkeypatch.setattr("bot.live.case_actions.WRITING_SECONDS", 0.0)
    assert client.until("entry", author="system")["event"] == "transferred"


def test_the_wait_is_pushed(waiting: tuple[Client, str], gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever it changes, though the place stays."""
    client, _ = waiting
    places = gateway.cases.places

    def with_wait() -> dict[str, QueuePlace]:
        return {one: replace(place, wait=WaitRange(60, 240)) for one, place in places().items()}

    monkeypatch.setattr(gateway.cases, "places", with_wait)
    assert client.until("state")["queue"]["wait"] == {"low": 60, "high": 240}
    assert rounds(client, gateway, monkeypatch) == []


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

    monkeypatch.setattr(gateway.responder, "waited_long", broken)
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

    def failing(now: datetime) -> list[Conversation]:
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
