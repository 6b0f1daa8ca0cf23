"""Tier and language scope, by every frame and every address that opens a case: agents, leads and admins."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.live.console import agent_subscription
from bot.live.console.case_access import reach
from bot.live.console.frames import _READERS
from bot.live.gateway import Gateway
from bot.ports import AgentAccount
from bot.ports.queue import AGENT_ROLES
from bot.web.console.sessions import COOKIE

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(40)
UPPER, LOWER = "premier:admin:business", "premier:member:business"
# What a case is that an agent of tier 1 who speaks Indonesian must not see: its customer, and its language.
FOREIGN = [pytest.param(UPPER, "id", id="tier"), pytest.param(LOWER, "en", id="language")]
VALUES = {"subject": "Suara putus", "description": "Sejak pagi.", "email": "sari@example.com", "priority": "p2"}
# Every frame about a conversation, with what else it needs, and what an agent who may not see it hears; `None`: done,
# and nothing of the conversation is told.
FRAMES: dict[str, tuple[dict[str, Any], str | None]] = {
    "open": ({}, "not_allowed"), "history": ({"before": 99}, "unknown"), "take": ({}, "not_allowed"),
    "assign": ({"agent": "ME"}, "not_allowed"), "note": ({"text": "x"}, "not_allowed"),
    "say": ({"text": "x"}, "not_case_owner"), "transfer": ({"tier": 1}, "not_case_owner"),
    "give_back": ({}, "not_case_owner"), "ticket": ({"values": VALUES}, "not_case_owner"),
    "close": ({"reason": "spam"}, "not_case_owner"), "typing": ({"on": True}, None), "read": ({"seq": 3}, None),
    "shut": ({}, None)}
# What is about no conversation.
OTHERS = {"hello", "presence", "next", "ping"}


def foreign(visitor: Any, customer: str, lang: str) -> Any:
    """A visitor out of the scope, with a secret in the log."""
    return visitor(customer=customer, lang=lang)


def waiting(gateway: Gateway) -> str:
    """The conversation of the only open case."""
    [case] = gateway.cases.open()
    return case.conversation_id


def headers(agent: Any) -> dict[str, str]:
    """Of an agent's browser."""
    return {"cookie": f"{COOKIE}={agent.session.token}", "x-csrf-token": agent.welcome["csrf"]}


def ways(http: TestClient, agent: Any, conversation_id: str, file_id: str) -> dict[str, int]:
    """The status of each address about a conversation."""
    asked = {"conversation": conversation_id, "client_id": str(uuid.uuid4())}
    return {
        "/agent/files/{conversation}/{file_id}": http.get(
            f"/agent/files/{conversation_id}/{file_id}", headers=headers(agent)).status_code,
        "/agent/transcript/{conversation}": http.get(
            f"/agent/transcript/{conversation_id}", headers=headers(agent)).status_code,
        "/agent/files": http.post("/agent/files", params=asked, content=PNG, headers=headers(agent)).status_code}


def test_the_table_is_whole(http: TestClient) -> None:
    """A frame or an address that is new needs a place in these tests."""
    assert set(FRAMES) | OTHERS == set(_READERS)
    paths = {route.path for route in http.app.routes  # type: ignore[attr-defined]
             if isinstance(route, Route) and route.path.startswith("/agent") and "conversation" in route.path}
    assert paths == {"/agent/files/{conversation}/{file_id}", "/agent/transcript/{conversation}"}


@pytest.mark.parametrize(("customer", "lang"), FOREIGN)
@pytest.mark.parametrize("type_", FRAMES)
def test_no_frame_leads_there(console: Any, visitor: Any, gateway: Gateway, type_: str, customer: str, lang: str,
                              caplog: pytest.LogCaptureFixture) -> None:
    """An agent who knows the id gets nothing of it, and changes nothing of it; the log says who tried."""
    foreign(visitor, customer, lang)
    conversation_id = waiting(gateway)
    tono = console("Tono", tiers=(1,), languages=("id",))
    fields, code = FRAMES[type_]
    fields = {name: tono.id if value == "ME" else value for name, value in fields.items()}
    answer = tono.ask_for(type_, conversation=conversation_id, **fields)
    assert answer.get("code") == code and answer["type"] == ("error" if code else "done")
    assert (f"Agent {tono.id} was refused" in caplog.text) == (code == "not_allowed")
    tono.news()
    assert conversation_id not in str([frame for frame in tono.seen if frame.get("request") is None])
    assert tono.welcome["queue"]["cases"] == [] and gateway.cases.notes(conversation_id) == []
    [case] = gateway.cases.of_conversation(conversation_id)
    assert case.state.value == "queued"


@pytest.mark.parametrize(("customer", "lang"), FOREIGN)
@pytest.mark.parametrize("role", AGENT_ROLES)
def test_each_role(console: Any, visitor: Any, gateway: Gateway, http: TestClient, role: str, customer: str, lang: str,
                   ) -> None:
    """Leads and admins open and take what agents may not; by the socket and over HTTP."""
    sari = foreign(visitor, customer, lang)
    conversation_id = waiting(gateway)
    asked = {"client_id": str(uuid.uuid4())}
    sent = http.post("/v1/files", params=asked, content=PNG, headers={"Authorization": f"Bearer {sari.key}"})
    assert sent.status_code == 200
    file_id = next(e.body["file"]["id"] for e in gateway.conversations.entries(conversation_id) if "file" in e.body)
    agent = console("Lia", role=role, tiers=(1,), languages=("id",))
    may = role != "agent"
    statuses = ways(http, agent, conversation_id, file_id)
    assert statuses == {"/agent/files/{conversation}/{file_id}": 200 if may else 403,
                        "/agent/transcript/{conversation}": 200 if may else 403, "/agent/files": 403}
    for type_ in ("open", "note", "take"):
        answer = agent.ask_for(type_, conversation=conversation_id, **FRAMES[type_][0])
        assert answer["type"] == ("done" if may else "error"), answer


def test_ones_own_case_stays_in_reach(console: Any, visitor: Any, gateway: Gateway) -> None:
    """Assigned by a lead, whatever its tier, and afterwards; a case reserved for somebody is theirs to open, too."""
    visitor(customer=UPPER)
    conversation_id = waiting(gateway)
    lead, tono = console("Lia", role="lead"), console("Tono", tiers=(1,))
    assert tono.refused("open", conversation=conversation_id) == "not_allowed"
    lead.do("assign", conversation=conversation_id, agent=tono.id)
    tono.open(conversation_id)
    tono.do("say", conversation=conversation_id, text="Halo")
    tono.do("close", conversation=conversation_id, reason="solved")
    tono.open(conversation_id)


def test_a_case_that_leaves_the_scope(console: Any, visitor: Any, gateway: Gateway) -> None:
    """Sent to tier 2, it is shown no more to who looked at it: they hear by whom, and nothing that is said later."""
    sari = visitor(customer=LOWER)
    budi, tono = console("Budi", tiers=(1,)), console("Tono", tiers=(1,))
    conversation_id = budi.take_next()
    tono.open(conversation_id)
    budi.do("transfer", conversation=conversation_id, tier=2, reason="Log server")
    sari.say("rahasia saya")
    for agent in (budi, tono):
        gone = agent.until("gone")
        assert (gone["conversation"], gone["code"]) == (conversation_id, "not_allowed")
        assert [(note["kind"], note["agent"]) for note in gone["notes"]] == [("transferred", budi.id)]
        assert agent.refused("history", conversation=conversation_id, before=99) == "unknown"
        agent.news()
        assert "rahasia saya" not in str(agent.seen)


def test_a_case_that_leaves_the_scope_while_it_is_read(console: Any, visitor: Any,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two questions to the database it goes to tier 2, and a word is said there: that word is not shown."""
    sari = visitor(customer=LOWER)
    budi, tono, rina = console("Budi", tiers=(1,)), console("Tono", tiers=(1,)), console("Rina")
    conversation_id = rina.take_next()
    budi.open(conversation_id)
    tono.open(conversation_id)
    moved = []

    def checked(cases: Any, account: AgentAccount, named: str) -> Any:
        found = reach(cases, account, named)
        if account.name == "Tono" and not moved:
            moved.append(named)
            rina.do("transfer", conversation=conversation_id, tier=2, reason="Log server")
            sari.say("rahasia saya")
        return found

    monkeypatch.setattr(agent_subscription, "reach", checked)
    budi.do("note", conversation=conversation_id, client_id=str(uuid.uuid4()), text="sebentar")
    assert tono.until("gone")["conversation"] == conversation_id
    tono.news()
    assert "rahasia saya" not in str(tono.seen)


def test_a_scope_that_changes(console: Any, visitor: Any, http: TestClient) -> None:
    """Who may do less from now on is shown no more of what they look at."""
    sari = visitor(customer=UPPER)
    budi, tono = console("Budi"), console("Tono")
    conversation_id = budi.take_next()
    tono.open(conversation_id)
    http.app.state.console_hub.agents.change("tono@example.com", tiers=(1,))  # type: ignore[attr-defined]
    assert tono.until("gone")["code"] == "not_allowed"
    sari.say("rahasia saya")
    budi.until("entry", author="visitor")
    tono.news()
    assert "rahasia saya" not in str(tono.seen)


def test_the_customers_other_cases(console: Any, visitor: Any) -> None:
    """Of the same customer's other conversations, those beyond the agent's scope are not listed."""
    upper, tono = console("Budi"), console("Tono", tiers=(1,))
    one = visitor("user-sari", customer=UPPER)
    first = upper.take_next()
    upper.do("close", conversation=first, reason="unsolved")
    one.until("state", status="closed")
    visitor("user-sari", customer=LOWER)
    tono.until_rows(1)
    tono.take_next()
    assert tono.shown("opened")["customer_cases"] == []
