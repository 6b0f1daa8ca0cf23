"""Figures, counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.core.conversation import Author, Kind
from bot.ports.insights import CaseRecord, Records, SpokenEntry
from bot.services.insights import COLUMNS, count, figures, learned

MONDAY = datetime(2026, 11, 16, 9, tzinfo=timezone.utc)
NOW = MONDAY + timedelta(days=7)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def day_of(at: datetime) -> date:
    """Days of UTC."""
    return at.date()


def asked(conversation_id: str, seq: int, text: str = "?", *, at: datetime = MONDAY, lang: str = "id", **answer: Any,
          ) -> tuple[SpokenEntry, ...]:
    """A question and its answer."""
    return (SpokenEntry(conversation_id, lang, seq, at, Author.VISITOR, Kind.TEXT, "x", text=text),
            SpokenEntry(conversation_id, lang, seq + 1, at, Author.BOT, Kind.TEXT, f"re-{seq}", **answer))


def rated(conversation_id: str, seq: int, score: int, solved: bool | None = None, at: datetime = MONDAY) -> SpokenEntry:
    """A rating."""
    return SpokenEntry(conversation_id, "id", seq, at, Author.VISITOR, Kind.RATING, "r", score=score, solved=solved)


def case(conversation_id: str, outcome: str | None = None, *, wait: timedelta | None = None, lang: str = "id",
         agent: str | None = "sari", **more: Any) -> CaseRecord:
    """A case that was opened on Monday."""
    values: dict[str, Any] = {
        "first_response_due_at": None, "first_response_at": None, "resolution_due_at": None, "closed_at": None, **more}
    taken = None if wait is None else MONDAY + wait
    return CaseRecord(conversation_id, lang, MONDAY, taken, outcome=outcome, agent=agent, **values)


def counted(*said: SpokenEntry, cases: tuple[CaseRecord, ...] = (), **more: Any) -> dict[str, float | None]:
    """All figures that are not 0 and not unknown."""
    told = count(Records(said, cases), NOW, day_of, **more).figures()
    assert set(told) == set(COLUMNS)
    return {name: value for name, value in told.items() if value}


def test_nothing_is_nothing() -> None:
    """No mean of nothing, and no conversation that only greets."""
    greeting = SpokenEntry("a", "id", 1, MONDAY, Author.BOT, Kind.TEXT)
    assert counted(greeting) == {}
    told = figures([])
    assert (told["wait_median"], told["rating_mean"], told["rating_spread"], told["ratings"]) == (None, None, None, 0)


def test_an_answered_question_without_more_is_deflected() -> None:
    """However many questions it has."""
    said = (*asked("a", 1, topic="phone_number"), *asked("a", 3, topic="phone_number"), *asked("a", 5, missed=True))
    assert counted(*said) == {"conversations": 1, "messages": 3, "answered": 2, "missed": 1, "deflected": 1}


@pytest.mark.parametrize("more", [
    {"topic": "phone_number", "offers": True}, {"topic": "phone_number", "card": "ticket_form"},
    {"topic": "phone_number", "card": "ticket"}, {"missed": True}, {"topic": "talk_to_human"},
    {"topic": "support_unknown", "missed": True}, {}])
def test_what_is_not_deflected(more: dict[str, Any]) -> None:
    """An offer, a ticket, no answer, or one that only passes on."""
    assert "deflected" not in counted(*asked("a", 1, **more))


def test_a_hand_off_is_no_deflection() -> None:
    """On the day of its case; on another day the bot did it alone."""
    later = asked("a", 3, at=MONDAY + timedelta(days=1), topic="phone_number")
    told = counted(*asked("a", 1, topic="phone_number"), *later, cases=(case("a"),))
    assert (told["conversations"], told["deflected"], told["handoffs"]) == (2, 1, 1)


def test_a_ticket_is_counted_once() -> None:
    """By the card that names its number."""
    assert counted(*asked("a", 1, card="ticket"), *asked("a", 3, card="ticket_form"))["tickets"] == 1


def test_days_and_languages_stand_apart() -> None:
    """And together they are the whole."""
    said = (*asked("a", 1, topic="x"), *asked("b", 1, lang="en", topic="x"),
            *asked("b", 3, lang="en", at=MONDAY + timedelta(days=1), topic="x"))
    found = count(Records(said, (case("b", lang="en"),)), NOW, day_of)
    assert [found.figures(lang)["conversations"] for lang in (None, "id", "en")] == [3, 1, 2]
    assert found.figures("en", MONDAY.date())["messages"] == 1
    assert found.figures(None, MONDAY.date())["messages"] == 2
    assert found.figures("en", MONDAY.date())["handoffs"] == 1
    assert found.topics == (("x", 3),)


def test_days_begin_where_the_desk_is() -> None:
    """Half past midnight in Jakarta is yesterday in UTC."""
    jakarta = timezone(timedelta(hours=7))
    at = datetime(2026, 11, 16, 0, 30, tzinfo=jakarta)
    found = count(Records(asked("a", 1, at=at), ()), NOW, lambda at: at.astimezone(jakarta).date())
    assert found.figures(None, date(2026, 11, 16))["messages"] == 1


def test_waits() -> None:
    """From the opening to the first agent: the middle one, and the one that nine of ten stay below."""
    cases = tuple(case(str(number), wait=number * MINUTE) for number in range(1, 11))
    told = counted(cases=(*cases, case("nobody", agent=None)))
    assert (told["handoffs"], told["taken"], told["wait_median"], told["wait_p90"]) == (11, 10, 330, 540)


@pytest.mark.parametrize(("outcome", "name"), [
    ("abandoned", "abandoned"), ("left", "left"), ("silent", "silent"), ("ended", "ended"), ("returned", "returned"),
    ("ticketed", "ticketed"), ("solved", "agent_solved"), ("unsolved", "agent_unsolved"), ("spam", "agent_spam"),
    ("duplicate", "agent_duplicate")])
def test_how_cases_end(outcome: str, name: str) -> None:
    """Each apart; an agent's word is not the visitor's."""
    assert counted(cases=(case("a", outcome),)) == {"handoffs": 1, name: 1}


def test_only_a_clear_yes_is_solved() -> None:
    """Neither silence nor five stars nor an agent's reason; the last word of a conversation counts."""
    said = (rated("a", 1, 5), rated("b", 1, 5, True), rated("c", 1, 1, False), rated("d", 1, 2, False),
            rated("d", 2, 4, True))
    told = counted(*said, cases=(case("e", "solved"),))
    assert (told["solved"], told["unsolved"], told["ratings"], told["rating_mean"]) == (2, 1, 4, 3.75)
    assert told["rating_spread"] == pytest.approx(1.639, abs=0.001)


@pytest.mark.parametrize(("values", "name"), [
    ({"first_response_at": MONDAY + HOUR}, "response_kept"),
    ({"first_response_at": MONDAY + HOUR + MINUTE}, "response_missed"), ({}, "response_missed"),
    ({"first_response_due_at": NOW + HOUR}, None), ({"closed_at": MONDAY + MINUTE}, None),
    ({"closed_at": MONDAY + 2 * HOUR}, "response_missed"),
    ({"first_response_due_at": None, "first_response_at": MONDAY}, None)])
def test_first_responses(values: dict[str, Any], name: str | None) -> None:
    """Within an hour, or not; nothing while there is time, and where the visitor was gone before."""
    told = counted(cases=(case("a", **{"first_response_due_at": MONDAY + HOUR, **values}),))
    assert told == {"handoffs": 1, **({name: 1} if name else {})}


@pytest.mark.parametrize(("outcome", "closed", "name"), [
    ("solved", MONDAY + HOUR, "restoration_kept"), ("solved", MONDAY + 5 * HOUR, "restoration_missed"),
    (None, None, "restoration_missed"), ("abandoned", MONDAY + HOUR, None),
    ("left", MONDAY + 5 * HOUR, "restoration_missed")])
def test_restorations(outcome: str | None, closed: datetime | None, name: str | None) -> None:
    """By the case's end; who gave up in time was not helped, and no promise was broken."""
    told = counted(cases=(case("a", outcome, closed_at=closed, resolution_due_at=MONDAY + 4 * HOUR),))
    assert {key for key in told if key.startswith("restoration")} == ({name} if name else set())


def test_escalations() -> None:
    """By the SLA steps done."""
    assert counted(cases=(case("a", steps_done=("warned", "late", "escalated")), case("b", steps_done=("warned",))))[
        "escalated"] == 1


def test_own_figures() -> None:
    """An agent's cases and their ratings, and nobody else's; no volumes, topics or questions."""
    said = (*asked("a", 1, "secret", missed=True), rated("a", 3, 5, True), rated("b", 3, 1, False))
    cases = (case("a", "solved", wait=MINUTE), case("b", "silent", agent="budi"))
    told = counted(*said, cases=cases, agent="sari")
    assert told == {"handoffs": 1, "taken": 1, "wait_median": 60, "wait_p90": 60, "agent_solved": 1, "ratings": 1,
                    "rating_mean": 5, "solved": 1}
    found = count(Records(said, cases), NOW, day_of, agent="sari")
    assert (found.topics, found.unanswered) == ((), ())


def test_unanswered_questions_are_masked() -> None:
    """The same question once, with how often and when last; those asked most first."""
    said = (*asked("a", 1, "mail budi@example.com", missed=True), *asked("a", 3, "fine", topic="x"),
            *asked("b", 1, "why?", missed=True), *asked("b", 3, "why?", at=NOW, missed=True))
    found = count(Records(said, ()), NOW, day_of).unanswered
    assert [(one.text, one.times, one.last_at) for one in found] == [("why?", 2, NOW), ("mail [e-mail]", 1, MONDAY)]


@pytest.mark.parametrize(("before", "after", "told"), [
    ({}, {"topic": "phone_number", "asked": "q"}, {"topic": "phone_number"}),
    ({"topic": "x", "asked": "q"}, {"topic": "x", "asked": "q", "fallback_count": 1}, {"missed": True}),
    ({"fallback_count": 1}, {"fallback_count": 2}, {"missed": True}), ({"misses": 1}, {"fallback_count": 1}, {}),
    ({"fallback_count": 2, "topic": "x"}, {"fallback_count": 0, "topic": "x"}, {}),
    ({"topic": "x", "asked": "other"}, {"topic": "x", "asked": "other"}, {}),
    ({"topic": "x", "asked": "q"}, {"topic": "x", "asked": "q"}, {"topic": "x"}),
    ({"topic": "x", "asked": "a"}, {"topic": "talk_to_human", "asked": "a"}, {"topic": "talk_to_human"}),
    ({}, {"topic": "support_unknown", "asked": "q"}, {"topic": "support_unknown", "missed": True}), ({}, {}, {})])
def test_what_a_reply_tells(before: dict[str, Any], after: dict[str, Any], told: dict[str, Any]) -> None:
    """The topic of a new answer, or that the question was missed; a thank-you answers no question again."""
    assert learned("q", before, after) == told
