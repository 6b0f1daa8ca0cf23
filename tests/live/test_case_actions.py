"""A human has the word: the bot is silent, whatever the visitor sends; then it is back, and knows what was said."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import Client, FakeBot

from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.tickets import SqlTickets
from bot.core.case import Outcome
from bot.core.conversation import Agent, Destination
from bot.core.errors import StoreUnavailable
from bot.live.conversation_files import keep
from bot.live.gateway import Gateway
from bot.ports import Ticket

SARI, BAYU = Agent("a_sari", "Sari"), Agent("a_bayu", "Bayu")
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
FORM = {"subject": "Suara putus", "description": "Sejak pagi.", "email": "ada@example.com", "priority": "p2"}


class Talk:
    """A customer with a hand-off, and agents, in the running gateway."""

    def __init__(self, client: Client, http: TestClient, gateway: Gateway, welcome: dict[str, Any]) -> None:
        self.client, self.http, self.gateway = client, http, gateway
        self.id = welcome["conversation"]

    def queue(self) -> None:
        """The visitor asks for a person and gets a place."""
        assert self.client.ask("Bicara dengan orang", payload="/talk_to_human")["card"]["type"] == "queue"

    def do(self, step: str, *arguments: Any) -> Any:
        """A step of an agent on the floor."""
        return self.http.portal.call(getattr(self.gateway.case_actions, step), self.id, *arguments)  # type: ignore[union-attr]

    def connect(self) -> None:
        """The visitor asks, an agent comes."""
        self.queue()
        self.do("take", SARI)
        self.client.until("entry", event="connected")

    def log(self) -> list[dict[str, Any]]:
        """All of it, as the visitor has it, without a gap."""
        self.client.send("history", before=1000)
        entries: list[dict[str, Any]] = self.client.until("history")["entries"]
        assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
        return entries

    def during(self) -> list[tuple[str, str]]:
        """Author and kind of what was said while a human had the word."""
        log = self.log()
        first = next(number for number, entry in enumerate(log) if entry.get("event") == "connected")
        return [(entry["author"], entry["kind"]) for entry in log[first:]]

    def tickets(self) -> list[Ticket]:
        """Every ticket that is stored."""
        engine = open_engine(self.gateway.settings.database_url)
        found = SqlTickets(engine).unsent()
        engine.dispose()
        return found


@pytest.fixture
def talk(connect: Any, token: Any, http: TestClient, gateway: Gateway, fake_bot: FakeBot) -> Talk:
    """A premier customer who has said hello, with the bot there."""
    client: Client = connect()
    welcome = client.hello(identity_token=token("premier:admin:business"))
    while client.seen[-1].get("state", client.seen[-1]).get("bot") != "up":
        client.until("state")
    return Talk(client, http, gateway, welcome)


def test_the_bot_is_silent(talk: Talk, fake_bot: FakeBot) -> None:
    """Text, a button, the way to a human, a form, a file: nothing of it is answered by the bot."""
    talk.connect()
    talk.client.say("halo, suaranya putus", "P1?")
    talk.client.until("ack", client_id=talk.client.send("say", text="Nomor telepon", payload="/phone_number"))
    talk.client.until("ack", client_id=talk.client.send("say", text="Agen", payload="/talk_to_human"))
    talk.client.until("ack", client_id=talk.client.send("ticket", values=FORM))
    url = f"/v1/files?client_id={uuid.uuid4()}"
    headers = {"Authorization": f"Bearer {talk.client.key}"}
    assert talk.http.post(url, content=PNG, headers=headers).status_code == 200
    talk.do("say", SARI, "Saya cek dulu ya", str(uuid.uuid4()))
    talk.client.until("entry", author="agent")
    assert talk.during() == [
        ("system", "event"), *[("visitor", "text")] * 4, ("visitor", "ticket"), ("system", "text"), ("visitor", "file"),
        ("agent", "text")]
    assert fake_bot.asked == []
    assert talk.client.seen[-1] and not any(f["type"] == "typing" and f["author"] == "bot" for f in talk.client.seen)


def test_the_bot_is_back_and_knows_what_was_said(talk: Talk, fake_bot: FakeBot) -> None:
    """On the agent's word; what was told to the agent is not answered late, but remembered. Then a second hand-off."""
    talk.connect()
    talk.client.say("versi 6.1 di Windows")
    talk.do("say", SARI, "Sudah saya perbaiki", str(uuid.uuid4()))
    talk.do("give_back", SARI)
    event = talk.client.until("entry", event="returned")
    assert event["author"] == "system" and event["name"] == "Sari" and "Sari" in event["text"]
    assert talk.client.until("state", status="bot")["agent"] is None
    assert talk.client.ask("dan nomor telepon?")["text"] == "heard: dan nomor telepon?"
    assert fake_bot.asked == ["dan nomor telepon?"]
    assert fake_bot.turns[-1].history[-1] == "versi 6.1 di Windows"
    first = talk.gateway.cases.of_conversation(talk.id)[0]
    assert first.outcome is Outcome.RETURNED
    talk.queue()
    talk.do("take", BAYU)
    assert talk.client.until("state", status="connected")["agent"] == "Bayu"
    second = talk.gateway.cases.of_conversation(talk.id)[0]
    assert second.number != first.number and "versi 6.1 di Windows" in second.file["tried"]


def test_nothing_late_from_the_bot(talk: Talk, fake_bot: FakeBot) -> None:
    """It thinks about a question from the queue; meanwhile a human comes: its answer is never said."""
    talk.queue()
    fake_bot.slow = True
    talk.client.say("P1?")
    while not fake_bot.asked:
        talk.client.news()
    talk.do("take", SARI)
    talk.client.until("entry", event="connected")
    fake_bot.slow = False
    talk.client.until("typing", author="bot", on=False)
    talk.client.say("halo?")
    assert talk.during() == [("system", "event"), ("visitor", "text")]


def test_a_form_is_a_ticket_and_the_human_stays(talk: Talk) -> None:
    """Confirmed by the house, with its number; sent again, it is the same ticket and the same words."""
    talk.connect()
    id_ = talk.client.send("ticket", values=FORM)
    ack = talk.client.until("ack", client_id=id_)
    talk.client.until("ack", client_id=talk.client.send("ticket", values=FORM, client_id=id_))
    [ticket] = talk.tickets()
    assert (ticket.draft.subject, ticket.draft.identity is not None) == ("Suara putus", True)
    said = talk.log()[ack["seq"]:]
    assert [(entry["author"], entry["card"]["number"]) for entry in said] == [("system", ticket.number)]
    conversation = talk.gateway.conversations.get(talk.id)
    assert conversation is not None and conversation.agent == SARI


def test_a_form_that_the_store_did_not_take(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No acknowledgement without a ticket: the client sends it again, perhaps when the bot is back, and it is one."""
    talk.connect()
    submit, failed = talk.gateway.responder.submit, []

    def fail(*_: Any) -> Any:
        failed.append(1)
        raise StoreUnavailable("locked")

    monkeypatch.setattr(talk.gateway.responder, "submit", fail)
    id_ = talk.client.send("ticket", values=FORM)
    assert talk.client.until("error", client_id=id_)["code"] == "unavailable" and failed and not talk.tickets()
    monkeypatch.setattr(talk.gateway.responder, "submit", submit)
    talk.do("give_back", SARI)
    talk.client.until("entry", event="returned")
    talk.client.until("ack", client_id=talk.client.send("ticket", values=FORM, client_id=id_))
    assert len(talk.tickets()) == 1
    assert [entry["author"] for entry in talk.log() if entry.get("card", {}).get("type") == "ticket"] == ["system"]


def test_between_two_agents(talk: Talk, fake_bot: FakeBot) -> None:
    """Passed on, the visitor waits again with their place and without the bot; a form is a ticket there, too."""
    talk.connect()
    talk.do("transfer", SARI, Destination(tier=2))
    talk.client.until("entry", event="transferred")
    state = talk.client.until("state", status="transferred")
    assert state["queue"]["position"] == 1 and state["agent"] is None
    talk.client.say("masih di sini")
    talk.client.until("ack", client_id=talk.client.send("ticket", values=FORM))
    assert len(talk.tickets()) == 1
    talk.do("take", BAYU)
    talk.client.until("entry", event="connected", name="Bayu")
    assert fake_bot.asked == [] and "bot" not in [author for author, _ in talk.during()]


def test_the_end_by_the_agent(talk: Talk) -> None:
    """Then the visitor rates, and says whether it is solved."""
    talk.connect()
    talk.do("close", SARI, Outcome.SOLVED)
    talk.client.until("state", status="closed")
    talk.client.until("ack", client_id=talk.client.send("rate", score=5, solved=False, comment="belum"))
    assert talk.log()[-1]["rating"] == {"score": 5, "solved": False, "comment": "belum"}


def test_an_agents_file_reaches_the_visitor(talk: Talk) -> None:
    """And can be loaded with the visitor's key alone."""
    talk.connect()
    file = talk.http.portal.call(keep, talk.gateway, talk.id, "x-1", "langkah.png", PNG)  # type: ignore[union-attr]
    talk.do("show", SARI, file, "x-1")
    entry = talk.client.until("entry", author="agent", kind="file")
    assert (entry["name"], entry["file"]["name"]) == ("Sari", "langkah.png")
    headers = {"Authorization": f"Bearer {talk.client.key}"}
    assert talk.http.get(f"/v1/files/{entry['file']['id']}", headers=headers).content == PNG
    assert talk.http.get(f"/v1/files/{entry['file']['id']}").status_code == 401


def test_who_of_the_agents_types(talk: Talk) -> None:
    """By name."""
    talk.connect()
    talk.http.portal.call(talk.gateway.case_actions.typing, talk.id, SARI, True)  # type: ignore[union-attr]
    assert talk.client.until("typing", author="agent") == {
        "type": "typing", "author": "agent", "on": True, "name": "Sari"}


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "America/Argentina/Buenos_Aires", "Etc/GMT+7", "UTC"])
def test_the_time_zone_is_kept(connect: Any, gateway: Gateway, zone: str) -> None:
    """For opening hours in the visitor's own time."""
    welcome = connect().hello(page={"url": "https://h.example.com/a?b", "timezone": zone})
    conversation = gateway.conversations.get(welcome["conversation"])
    assert conversation is not None and conversation.context == {"url": "https://h.example.com/a", "timezone": zone}


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Asia", 7, None, "x" * 400])
def test_what_is_no_time_zone(connect: Any, gateway: Gateway, zone: Any) -> None:
    """Left out; the visitor is welcome all the same."""
    welcome = connect().hello(page={"title": "A", "timezone": zone})
    conversation = gateway.conversations.get(welcome["conversation"])
    assert conversation is not None and conversation.context == {"title": "A"}
