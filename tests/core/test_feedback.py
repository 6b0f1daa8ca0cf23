"""Which messages are worth a second look."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.core.feedback import ReviewReason, Understanding, is_bad, margin_of, reasons

CLOSE, CLEAR = (("plan_find", 0.45), ("plan_list", 0.35)), (("plan_find", 0.9), ("plan_list", 0.05))


def _understood(intent: str, ranking: tuple[tuple[str, float], ...]) -> Understanding:
    return Understanding(intent, ranking, margin_of(ranking))


@pytest.mark.parametrize(("ranking", "margin"), [
    (CLOSE, 0.1), (CLEAR, 0.85), ((("greet", 0.7),), 0.7), ((), 1.0),
    ((("out_of_scope", 0.4), ("plan_find", 0.5)), 0.1)])
def test_margin(ranking: tuple[tuple[str, float], ...], margin: float) -> None:
    """Of the two likeliest, whichever goes first; without a ranking nothing was in doubt."""
    assert margin_of(ranking) == pytest.approx(margin)


@pytest.mark.parametrize(("intent", "ranking", "expected"), [
    ("plan_find", CLEAR, ()), ("plan_find", CLOSE, (ReviewReason.DOUBTFUL,)), ("plan_list", CLOSE, ()),
    ("follow_up", CLOSE, ()), ("follow_up", (), ()), ("nlu_fallback", CLOSE, (ReviewReason.DECLINED,)),
    ("nlu_fallback", (), (ReviewReason.DECLINED,)),
    ("out_of_scope", (("out_of_scope", 0.98), ("greet", 0.01)), (ReviewReason.DECLINED,)),
    ("out_of_scope", (("out_of_scope", 0.5), ("greet", 0.4)), (ReviewReason.DECLINED, ReviewReason.DOUBTFUL)),
    ("support_unknown", CLEAR, (ReviewReason.DECLINED,))])
def test_reasons(intent: str, ranking: tuple[tuple[str, float], ...], expected: tuple[ReviewReason, ...]) -> None:
    """Declined, or in doubt; what the conversation has settled otherwise is neither."""
    assert reasons(_understood(intent, ranking), 0.2) == expected


def test_without_doubt() -> None:
    """A margin of nothing finds nothing doubtful, a margin of everything all that was ranked."""
    assert reasons(_understood("plan_find", CLOSE), 0.0) == ()
    assert reasons(_understood("plan_find", CLEAR), 1.0) == (ReviewReason.DOUBTFUL,)


@pytest.mark.parametrize(("rating", "expected"), [
    ({"score": 1}, True), ({"score": 2}, True), ({"score": 3}, False), ({"score": 5, "solved": False}, True),
    ({"score": 1, "solved": True}, False), ({}, False)])
def test_ratings(rating: Mapping[str, object], expected: bool) -> None:
    """What the visitor says of the problem counts more than the stars."""
    assert is_bad(rating) is expected
