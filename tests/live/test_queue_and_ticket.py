"""The ways to a human: the queue with its places, and the ticket, each once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import func, select
from web_client import Client

from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.tables import cases, tickets
from bot.core.conversation import Change, Changed, Event
from bot.core.errors import StoreUnavailable
from bot.live.gateway import Gateway
from bot.settings import Settings

ADMIN = "premier:admin:business"
FORM = {"subject": "Suara putus", "description": "Sejak pagi.", "email": "ada@example.com", "priority": "p2"}
ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"


@pytest.fixture
def customer(connect: Any, token: Any) -> Any:
    """Opens conversations of signed-in customers."""

    def make(subject: str = "") -> Client:
        client: Client = connect()
        client.hello(identity_token=token(ADMIN, subject))
        return client

    return make


def queue_up(client: Client) -> dict[str, Any]:
    """Ask for a person; the state then."""
    assert client.ask("Bicara dengan manusia", payload="/talk_to_human")["card"]["type"] == "queue"
    return client.until("state", status="queued")


def count(settings: Settings, table: Any, *where: Any) -> int:
    """Rows in the database."""
    engine = open_engine(settings.database_url)
    with engine.connect() as connection:
        found: int = connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
    engine.dispose()
    return found


def test_in_the_queue(customer: Any) -> None:
    """The card and the state say the same; the way there is no way on any more."""
    client = customer()
    card = client.ask("Bicara dengan manusia", payload="/talk_to_human")["card"]
    state = client.until("state", status="queued")
    assert state["queue"] == {name: card[name] for name in ("case", "tier", "position")}
    assert (state["queue"]["tier"], state["queue"]["position"]) == (2, 1)
    assert "agent_queue" not in [option["type"] for option in state["contact_options"]]


def test_places_move_on(customer: Any) -> None:
    """Whoever leaves, or ends the conversation, lets the others move up; they hear of it."""
    clients = [customer(f"user-{number}") for number in range(3)]
    assert [queue_up(client)["queue"]["position"] for client in clients] == [1, 2, 3]
    clients[0].send("leave_queue")
    assert clients[1].until("state")["queue"]["position"] == 1
    assert clients[2].until("state")["queue"]["position"] == 2
    clients[1].send("end")
    assert clients[2].until("state")["queue"]["position"] == 1


def test_leaving_and_coming_back(customer: Any, web_settings: Settings) -> None:
    """Said in the language that is spoken now; a second hand-off works like the first."""
    client = customer()
    case = queue_up(client)["queue"]["case"]
    client.send("language", lang="en")
    client.until("state", lang="en")
    seq = client.until("ack", client_id=client.send("leave_queue"))["seq"]
    state = client.until("state", status="bot")
    assert state["queue"] is None
    event, word = [frame["entry"] for frame in client.seen if frame.get("entry", {}).get("seq", 0) >= seq]
    assert (event["event"], event["lang"], word["lang"]) == ("left_queue", "en", "en")
    assert word["text"].isascii() and "queue" in word["text"]
    assert queue_up(client)["queue"]["case"] != case
    assert count(web_settings, cases, cases.c.state == "queued") == 1


def test_sent_again(customer: Any, connect: Any) -> None:
    """What was lost on the way back is acknowledged again and happens once: leaving, ending."""
    client = customer()
    queue_up(client)
    first = {kind: client.until("ack", client_id=client.send(kind, client_id=ID[:-1] + digit))
             for kind, digit in (("leave_queue", "2"), ("end", "3"))}
    client.until("state", status="closed")
    last = max(ack["seq"] for ack in first.values())
    for kind in ("end", "leave_queue"):
        client.send(kind, client_id=first[kind]["client_id"])
        assert client.until("ack") == first[kind]
        other = client.send(kind)
        assert client.until("ack", client_id=other)["seq"] == last
    assert not [frame for frame in client.news() if frame["type"] == "entry"]


def test_leaving_no_queue(connect: Any) -> None:
    """Acknowledged, for it is so; nothing is written."""
    client = connect()
    client.hello()
    assert client.until("ack", client_id=client.send("leave_queue"))["seq"] == 1
    assert client.news() == []


def test_ended_while_the_bot_queues(customer: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch,
                                    web_settings: Settings) -> None:
    """Nobody is left in the queue for a conversation that is over."""
    client = customer()
    answer = gateway.responder.answer

    def meanwhile(turn: Any) -> Any:
        reply = answer(turn)
        gateway.conversations.write([Change(turn.conversation_id, event=Event.END)])
        return reply

    monkeypatch.setattr(gateway.responder, "answer", meanwhile)
    client.until("ack", client_id=client.send("say", text="Manusia", payload="/talk_to_human"))
    for _ in range(200):
        client.news()
        if count(web_settings, cases, cases.c.state == "left"):
            break
    assert count(web_settings, cases, cases.c.state == "queued") == 0
    assert not [frame for frame in client.seen if frame.get("entry", {}).get("card")]


def test_the_ticket(connect: Any, web_settings: Settings) -> None:
    """What is wrong is told by field, and nothing stored; once right, there is one, however often it is sent."""
    client = connect()
    client.hello()
    client.send("ticket", client_id=ID, values={"subject": " ", "email": "nobody", "description": "x" * 3000})
    wrong = {"subject": "missing", "email": "wrong", "description": "too_long", "priority": "missing"}
    assert client.until("error", client_id=ID)["code"] == "invalid_form"
    assert client.seen[-1]["fields"] == wrong
    other = connect(client.key)
    other.hello()
    for tab in (client, other):
        tab.send("ticket", client_id=ID, values=FORM)
    assert {tab.until("ack", client_id=ID)["seq"] for tab in (client, other)} == {2}
    card = client.once("entry", author="bot")["card"]
    assert (card["type"], card["priority"]) == ("ticket", "P2")
    assert client.once("state", status="ticketed")
    assert client.until("ack", client_id=client.send("ticket", client_id=ID, values=FORM))["seq"] == 2
    client.ask("sesudahnya")
    assert count(web_settings, tickets) == 1
    assert [frame["entry"]["kind"] for frame in client.seen if frame["type"] == "entry"].count("ticket") == 1
    assert FORM["email"] not in str([f for f in client.seen if f.get("entry", {}).get("kind") == "ticket"])


def test_a_ticket_sent_again_before_its_answer(connect: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on its way to the bot: the house keeps out of it, or the conversation would never be `ticketed`."""
    dispatch, taken = gateway.dispatcher.dispatch, []
    monkeypatch.setattr(gateway.dispatcher, "dispatch", lambda *given: taken.append(given))
    client = connect()
    client.hello()
    for _ in range(2):
        client.until("ack", client_id=client.send("ticket", client_id=ID, values=FORM))
    [given] = taken
    client.socket.portal.call(dispatch, *given)
    assert client.until("entry", seq=3)["author"] == "bot"
    assert client.once("state", status="ticketed")


def test_a_ticket_while_the_store_fails(connect: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch,
                                        web_settings: Settings) -> None:
    """The ticket is there, its answer could not be stored: asked for again, it is the same ticket."""
    client = connect()
    client.hello()
    write, failures = gateway.conversations.write, iter(range(3))

    def failing(changes: Sequence[Change]) -> list[Changed]:
        if any(change.answers for change in changes) and next(failures, None) is not None:
            raise StoreUnavailable("locked")
        return write(changes)

    monkeypatch.setattr(gateway.conversations, "write", failing)
    client.send("ticket", client_id=ID, values=FORM)
    number = client.until("entry", author="bot")["card"]["number"]
    assert next(failures, None) is None
    assert (number, count(web_settings, tickets)) == ("KLT-000001", 1)
    client.ask("sesudahnya")
    assert str(client.seen).count("'type': 'ticket', ") == 1
