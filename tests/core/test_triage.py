"""P1 to P4 by the source's definitions."""

from __future__ import annotations

from itertools import product

import pytest

from bot.core.triage import IMPACT_OF, PRIORITIES, Impact, Workaround, next_question, priority

WORKAROUNDS = (None, Workaround.NONE, Workaround.PARTIAL, Workaround.FULL)
TABLE = {
    Impact.DOWN: ("p1", "p1", "p1", "p1"), Impact.IMPAIRED: ("p2", "p2", "p2", "p3"),
    Impact.FEATURE: ("p3", "p3", "p3", "p3"), Impact.REQUEST: ("p4", "p4", "p4", "p4")}


@pytest.mark.parametrize("impact", Impact)
def test_every_priority(impact: Impact) -> None:
    """Every impact with every workaround, unknown included."""
    assert tuple(priority(impact, workaround) for workaround in WORKAROUNDS) == TABLE[impact]


@pytest.mark.parametrize("workaround", WORKAROUNDS)
def test_the_impact_is_asked_first(workaround: Workaround | None) -> None:
    """Without it nothing is settled."""
    assert next_question(None, workaround) == "impact"


@pytest.mark.parametrize(("impact", "workaround"), product(Impact, WORKAROUNDS))
def test_the_workaround_is_asked_only_where_it_matters(impact: Impact, workaround: Workaround | None) -> None:
    """A question is asked exactly when its answer could change the priority."""
    open_still = workaround is None and len(set(TABLE[impact])) > 1
    assert next_question(impact, workaround) == ("workaround" if open_still else None)


@pytest.mark.parametrize(("impact", "workaround"), product(Impact, Workaround))
def test_at_most_two_questions(impact: Impact, workaround: Workaround) -> None:
    """Whatever the visitor answers, no question comes twice."""
    answers: dict[str, Impact | Workaround] = {"impact": impact, "workaround": workaround}
    known: dict[str, Impact | Workaround] = {}
    asked: list[str] = []
    while question := next_question(known.get("impact"), known.get("workaround")):  # type: ignore[arg-type]
        asked.append(question)
        known[question] = answers[question]
        assert len(asked) <= 2
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("level", PRIORITIES)
def test_the_impact_of_a_level(level: str) -> None:
    """A level's own impact, with no way around, leads back to that level."""
    assert priority(IMPACT_OF[level], Workaround.NONE) == level
