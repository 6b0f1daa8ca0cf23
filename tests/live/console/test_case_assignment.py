"""Who gets which case: turns, tiers, languages, capacity; of two agents, one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot.live.gateway import Gateway

MEMBER = "premier:member:business"
ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"


def test_two_agents_race_for_one_case(console: Any, visitor: Any) -> None:
    """One takes it, the other hears `taken`, and the visitor meets one; taking what one has is harmless."""
    two = [console("Budi", capacity=9), console("Tono", capacity=9)]
    for _ in range(5):
        sari = visitor()
        [row] = two[0].until_rows(1)

        def take(agent: Any, conversation_id: str = row["conversation"]) -> Any:
            return agent.ask_for("take", conversation=conversation_id)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(take, two))
        assert sorted(answer.get("code", "") for answer in answers) == ["", "taken"]
        winner = two[[answer["type"] for answer in answers].index("done")]
        assert sari.until("entry", event="connected")["name"] == winner.welcome["agent"]["name"]
        winner.do("take", conversation=row["conversation"])
        assert not [frame for frame in sari.news() if frame["type"] == "entry"]
        two[0].until_rows(0)


def test_the_next_of_two(console: Any, visitor: Any) -> None:
    """Both ask at once, there is one case: one gets it, for the other nobody waits."""
    two = [console("Budi"), console("Tono")]
    visitor()
    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(lambda agent: agent.do("next")["conversation"], two))
    assert sorted(conversation_id is None for conversation_id in taken) == [False, True]


def test_capacity(console: Any, visitor: Any) -> None:
    """Over both consoles of an agent; what is closed makes room."""
    budi = console("Budi", capacity=2)
    again = console("Budi", session=budi.session)
    visitors = [visitor() for _ in range(3)]
    assert len(budi.until_rows(3)) == len(visitors)
    first = budi.do("next")["conversation"]
    second = again.do("next")["conversation"]
    assert first != second
    [left] = budi.until_rows(1)
    assert budi.refused("next") == again.refused("take", conversation=left["conversation"]) == "at_capacity"
    budi.do("close", conversation=first, reason="unsolved")
    assert budi.do("next")["conversation"] == left["conversation"]


def test_the_skills_of_an_agent(console: Any, visitor: Any, connect: Any, token: Any) -> None:
    """The queue and the next are of one's tiers and languages; a lead sees all and may take all."""
    tono = console("Tono", tiers=(1,), languages=("id",))
    lead = console("Lia", role="lead", tiers=(1,), languages=("id",))
    upper = visitor()
    lower = visitor(customer=MEMBER)
    english = visitor(customer=MEMBER, lang="en")
    rows = lead.until_rows(3)
    assert {row["language"] for row in rows} == {"id", "en"} and {row["tier"] for row in rows} == {1, 2}
    [fit] = tono.until_rows(1)
    assert (fit["tier"], fit["language"]) == (1, "id")
    while tono.seen[-1].get("counts") != {"1": 2, "2": 1}:
        tono.next()
    [high] = [row for row in rows if row["tier"] == 2]
    assert tono.refused("take", conversation=high["conversation"]) == "not_allowed"
    assert tono.do("next")["conversation"] == fit["conversation"]
    assert tono.do("next")["conversation"] is None
    lead.do("take", conversation=high["conversation"])
    assert upper.until("entry", event="connected")["name"] == "Lia"
    assert lower.until("entry", event="connected")["name"] == "Tono"
    assert not [frame for frame in english.news() if frame.get("entry", {}).get("event")]


def test_a_lead_gives_cases(console: Any, visitor: Any) -> None:
    """What waits, and what somebody has; above the capacity, too. Nobody else may."""
    lead, budi, tono = console("Lia", role="lead"), console("Budi", capacity=1), console("Tono")
    sari, _ = visitor(), visitor()
    one, two = [row["conversation"] for row in lead.until_rows(2)]
    assert budi.refused("assign", conversation=one, agent=budi.id) == "not_allowed"
    assert lead.refused("assign", conversation=one, agent="nobody") == "unknown"
    assert lead.refused("assign", conversation="c_nothing", agent=budi.id) == "unknown"
    for conversation_id in (one, two):
        lead.do("assign", conversation=conversation_id, agent=budi.id)
    assert {row["conversation"] for row in budi.until_rows(2, "mine")} == {one, two}
    assert budi.shown("alert", kind="assigned")
    assert sari.until("entry", event="connected")["name"] == "Budi"
    lead.do("assign", conversation=one, agent=lead.id)
    assert sari.until("entry", event="connected")["name"] == "Lia"
    assert [row["conversation"] for row in budi.until_rows(1, "mine")] == [two]
    assert budi.refused("say", conversation=one, client_id=ID, text="Masih saya?") == "not_case_owner"
    assert tono.rows("mine") == []
    notes = lead.open(one)["notes"]
    assert [(note["kind"], note["agent"], note["body"].get("from")) for note in notes] == [
        ("assigned", lead.id, None), ("taken", budi.id, None), ("assigned", lead.id, budi.id), ("taken", lead.id, None)]
    lost = budi.shown("alert", kind="lost")
    assert (lost["conversation"], lost["by"]) == (one, "Lia")


def test_who_is_told_of_a_new_case(console: Any, visitor: Any) -> None:
    """Those who can take it and are there; nobody of what waited before they came."""
    budi, tono, away = console("Budi"), console("Tono", tiers=(1,)), console("Wati")
    away.do("presence", presence="away")
    while [a["presence"] for a in budi.shown("team")["agents"] if a["name"] == "Wati"] != ["away"]:
        budi.next()
    visitor()
    assert budi.shown("alert", kind="new_case")["conversation"] == budi.until_rows(1)[0]["conversation"]
    late = console("Yuni")
    assert len(late.welcome["queue"]["cases"]) == 1
    for other in (tono, away, late):
        other.news()
        assert not [frame for frame in other.seen if frame["type"] == "alert"]


def test_what_has_no_case(console: Any, connect: Any, gateway: Gateway) -> None:
    """A conversation with the bot alone is no agent's business."""
    budi, client = console("Budi"), connect()
    conversation_id = client.hello()["conversation"]
    client.say("rahasia saya")
    for frame in ("open", "take", "history"):
        assert budi.refused(frame, conversation=conversation_id, before=9) == "unknown"
    assert budi.refused("note", conversation=conversation_id, client_id=ID, text="x") == "unknown"
    assert budi.refused("say", conversation=conversation_id, client_id=ID, text="x") == "not_case_owner"
    assert "rahasia saya" not in str(budi.seen)
