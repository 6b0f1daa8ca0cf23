"""Where a case goes: to a tier, a colleague, back to the bot, to a ticket; each step once, and what goes along."""

from __future__ import annotations

from typing import Any

import pytest
from agent_client import queue_up

from bot.live.console.console_hub import ConsoleHub
from bot.live.gateway import Gateway

ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"


def test_to_the_other_tier(console: Any, visitor: Any) -> None:
    """The next of that tier gets it, with the whole story and the reason; the visitor repeats nothing."""
    budi, tono = console("Budi", tiers=(1,)), console("Tono", tiers=(2,))
    sari = visitor(customer="premier:member:business")
    conversation_id = budi.take_next()
    budi.do("say", conversation=conversation_id, text="Saya teruskan, ya.")
    budi.do("transfer", conversation=conversation_id, tier=2, reason="Butuh log server")
    assert sari.until("state", status="transferred")["agent"] is None
    assert budi.refused("say", conversation=conversation_id, text="Satu lagi") == "not_case_owner"
    assert budi.until_rows(0, "mine") == []
    assert tono.take_next() == conversation_id
    opened = tono.shown("opened")
    assert "Saya teruskan, ya." in [entry["text"] for entry in opened["entries"]]
    assert opened["notes"][1]["body"] == {"tier": 2, "to": None, "reason": "Butuh log server"}
    assert sari.until("entry", event="connected")["name"] == "Tono"


def test_to_a_colleague(console: Any, visitor: Any) -> None:
    """It is kept for them: they are rung for, nobody else takes it or gets it as the next."""
    budi, tono, wati = console("Budi"), console("Tono", tiers=(1,)), console("Wati")
    sari = visitor()
    conversation_id = budi.take_next()
    assert budi.refused("transfer", conversation=conversation_id, agent="nobody") == "unknown"
    budi.do("transfer", conversation=conversation_id, agent=tono.id)
    assert tono.shown("alert", kind="reserved_for_you")["conversation"] == conversation_id
    assert tono.until_rows(1)[0]["reserved_for"] == tono.id
    assert wati.do("next")["conversation"] is None
    assert wati.refused("take", conversation=conversation_id) == "not_allowed"
    tono.do("take", conversation=conversation_id)
    assert sari.until("entry", event="connected")["name"] == "Budi"
    assert sari.until("entry", event="connected")["name"] == "Tono"


def test_back_to_the_bot_and_again(console: Any, visitor: Any) -> None:
    """The bot answers again, and a second hand-off is a case of its own, with the first beside it."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    first = budi.shown("opened")["case"]["case"]
    budi.do("give_back", conversation=conversation_id)
    sari.until("state", status="bot")
    assert sari.ask("masih ada")["text"] == "heard: masih ada"
    assert budi.refused("say", conversation=conversation_id, text="Halo?") == "not_case_owner"
    queue_up(sari)
    assert budi.take_next() == conversation_id
    opened = budi.shown("opened")
    assert opened["case"]["case"] != first
    assert [(case["case"], case["outcome"]) for case in opened["cases"]] == [(first, "returned")]


def test_a_ticket_of_it(console: Any, visitor: Any) -> None:
    """One, however often it is sent; the visitor gets its number."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    values = {"subject": "Suara putus", "description": "Sejak pagi.", "email": "sari@example.com", "priority": "p2"}
    wrong = budi.ask_for("ticket", conversation=conversation_id, client_id=ID, values={**values, "email": "x"})
    assert (wrong["code"], wrong["fields"]) == ("invalid_form", {"email": "wrong"})
    for _ in range(2):
        budi.do("ticket", conversation=conversation_id, client_id=ID, values=values)
    assert sari.until("state", status="ticketed")
    cards = [frame["entry"]["card"] for frame in sari.seen if frame.get("entry", {}).get("card", {}).get("number")]
    assert len(cards) == 1
    assert budi.shown("case", status="closed")["outcome"] == "ticketed"


def test_steps_sent_again(console: Any, visitor: Any) -> None:
    """The answer got lost: the same again is done, and happened once."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    for number, (step, fields) in enumerate([
        ("transfer", {"agent": budi.id}), ("give_back", {}), ("close", {"reason": "solved"}),
    ]):
        if number == 1:
            budi.do("take", conversation=conversation_id)
        if number == 2:
            queue_up(sari)
            budi.do("take", conversation=conversation_id)
        for _ in range(2):
            budi.do(step, conversation=conversation_id, client_id=f"{ID[:-1]}{number + 2}", **fields)
        assert budi.refused(step, conversation=conversation_id, **fields) == "not_case_owner"
    sari.until("state", status="closed")
    events = [frame["entry"]["event"] for frame in sari.seen if frame.get("entry", {}).get("event")]
    assert events == ["connected", "transferred", "connected", "returned", "connected", "ended"]


def rung(agent: Any) -> list[str]:
    """The cases that rang late at an agent's console until now."""
    agent.news()
    return [frame["conversation"] for frame in agent.seen if frame.get("kind") == "late"]


def test_a_clock_of_a_case_that_waits(console: Any, visitor: Any, desk: ConsoleHub) -> None:
    """Rings for everybody who is online and could take it, and for the leads, away or not."""
    able, lead, other = console("Budi"), console("Lia", role="lead", tiers=(1,)), console("Tono", tiers=(1,))
    away, mute = console("Wati"), console("Yuni", languages=("en",))
    away.do("presence", presence="away")
    while [a["presence"] for a in able.shown("team")["agents"] if a["name"] == "Wati"] != ["away"]:
        able.next()
    visitor()
    conversation_id = able.until_rows(1)[0]["conversation"]
    [case] = desk.gateway.cases.open()
    assert able.socket.portal.call(desk.alert_late, case) == 2
    assert [rung(agent) for agent in (able, lead, other, away, mute)] == [
        [conversation_id], [conversation_id], [], [], []]


def test_a_clock_of_a_case_that_is_taken(console: Any, visitor: Any, desk: ConsoleHub) -> None:
    """Rings for who has it, and for the leads; at every console of theirs, though they are away."""
    budi, tono, lead = console("Budi"), console("Tono"), console("Lia", role="admin")
    again = console("Budi", session=budi.session)
    visitor()
    conversation_id = budi.take_next()
    budi.do("presence", presence="away")
    [case] = desk.gateway.cases.open()
    budi.socket.portal.call(desk.alert_late, case)
    assert [rung(agent) for agent in (budi, again, lead, tono)] == [[conversation_id]] * 3 + [[]]


def test_who_lost_a_case(console: Any, visitor: Any, gateway: Gateway) -> None:
    """Is told, unless they did it themselves: a clock, the visitor, a lead."""
    budi, lead = console("Budi", capacity=9), console("Lia", role="lead")
    (one, first), (two, second), (three, third) = [(visitor(), budi.take_next()) for _ in range(3)]
    taken = [first, second, third]
    one.send("end")
    lost = budi.until("alert", kind="lost")
    assert (lost["conversation"], lost["by"]) == (taken[0], None)
    lead.do("assign", conversation=taken[1], agent=lead.id)
    lost = budi.until("alert", kind="lost")
    assert (lost["conversation"], lost["by"]) == (taken[1], "Lia")
    budi.do("close", conversation=taken[2], reason="solved")
    for client in (one, two, three):
        client.news()
    budi.news()
    assert len([frame for frame in budi.seen if frame.get("kind") == "lost"]) == 2


def test_the_name_of_a_newcomer(console: Any, visitor: Any, desk: ConsoleHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who took a case is named, also when the board does not know them yet."""
    budi = console("Budi")
    visitor()
    conversation_id, known = budi.take_next(), desk.agents.all()
    monkeypatch.setattr(desk.agents, "all", lambda: known)
    lead = console("Lia", role="lead")
    lead.do("assign", conversation=conversation_id, agent=lead.id)
    assert budi.until("alert", kind="lost")["by"] == "Lia"


def test_nobody_spoofs_a_clock(console: Any, visitor: Any) -> None:
    """A reason that an agent typed is a reason, whatever it says."""
    budi = console("Budi")
    visitor()
    conversation_id = budi.take_next()
    budi.do("transfer", conversation=conversation_id, reason="away")
    assert "automatic" not in budi.open(conversation_id)["notes"][-1]["body"]


def test_what_else_the_customer_had(console: Any, visitor: Any) -> None:
    """Cases of the same customer's other conversations stand beside it; nobody else's."""
    budi, sari = console("Budi"), visitor("user-sari")
    visitor("user-other")
    first = budi.take_next()
    budi.do("close", conversation=first, reason="unsolved")
    sari.until("state", status="closed")
    visitor("user-sari")
    budi.until_rows(2)
    conversations = [budi.take_next(), budi.take_next()]
    opened = {frame["conversation"]: frame for frame in budi.seen if frame["type"] == "opened"}
    beside = sorted([case["conversation"] for case in opened[name]["customer_cases"]] for name in conversations)
    assert beside == [[], [first]]


def test_what_was_asked(console: Any, connect: Any, token: Any) -> None:
    """The agent reads the visitor's own words, never a button's payload."""
    budi = console("Budi")
    questions = []
    for said in ([], ["Layar saya hitam"]):
        sari = connect()
        sari.hello(identity_token=token("premier:admin:business", f"user-{len(said)}"))
        for text in said:
            sari.ask(text)
        queue_up(sari)
        budi.take_next()
        questions.append(budi.shown("opened")["case_file"]["question"])
    assert not questions[0].startswith("/") and questions[1] == "Layar saya hitam"
