"""Figures count what they say; losses are told from noise."""

from __future__ import annotations

import json

import pytest

from bot.services.evaluation import Evaluation, Figures, Outcome, Question, Score, evaluate, losses

PHONE = Question("nomor jepang?", "id", "short", ("phone_number", "phone_countries"), "phone")
RATES = Question("is it toll free?", "en", "chat", ("phone_rates",), "phone")
WEATHER = Question("cuaca?", "id", "far", ("out_of_scope",), "out_of_scope")
PRICE = Question("hotel refund?", "en", "near", ("out_of_scope",), "out_of_scope")


def asked(*intents: str) -> Evaluation:
    """The four questions, taken for `intents`."""
    taken = dict(zip([PHONE.say, RATES.say, WEATHER.say, PRICE.say], intents, strict=True))
    return evaluate(lambda text: (taken[text], 0.5), [PHONE, RATES, WEATHER, PRICE])


def test_figures() -> None:
    """Any of the expected intents is right; not understood is declined, and yet not right."""
    figures = asked("phone_countries", "out_of_scope", "nlu_fallback", "billing").figures
    assert figures.total == Score(1, 4)
    assert figures.languages == {"en": (0, 2), "id": (1, 2)}
    assert figures.topics == {"out_of_scope": (0, 2), "phone": (1, 2)}
    assert figures.topics_by_language["phone/id"] == (1, 1)
    assert figures.kinds == {"chat": (0, 1), "far": (0, 1), "near": (0, 1), "short": (1, 1)}
    assert figures.intents == {"out_of_scope": (0, 2), "phone_number": (1, 1), "phone_rates": (0, 1)}
    assert figures.declined == {"far": (1, 1), "near": (0, 1)}
    assert figures.answered == (1, 2)
    assert figures.total.percent == 25


def test_figures_are_kept_as_json() -> None:
    """And read back the same."""
    figures = asked("phone_number", "phone_rates", "out_of_scope", "out_of_scope").figures
    assert Figures.from_json(json.loads(json.dumps(figures.as_json()))) == figures


def test_confusions() -> None:
    """The most frequent first; what is right is none."""
    evaluation = asked("phone_number", "billing", "greet", "greet")
    assert evaluation.confusions == [("out_of_scope", "greet", 2), ("phone_rates", "billing", 1)]


def of(right: int, asked: int) -> Figures:
    """Figures of one topic and language."""
    outcomes = [Outcome(RATES, "phone_rates" if i < right else "billing", 1.0) for i in range(asked)]
    return Evaluation(tuple(outcomes)).figures


@pytest.mark.parametrize(("before", "now", "lost"), [
    ((95, 100), (95, 100), False),
    ((95, 100), (90, 100), False),   # five fewer of a hundred: 5% of the draws
    ((95, 100), (86, 100), True),
    ((20, 20), (19, 20), False),     # a perfect score may be missed by one
    ((20, 20), (15, 20), True),
    ((10, 100), (90, 100), False),   # better is no loss
])
def test_losses(before: tuple[int, int], now: tuple[int, int], lost: bool) -> None:
    """By a one-sided test at 1%, over all and in each group."""
    found = losses(of(*before), of(*now))
    assert {loss.name for loss in found} == ({"all", "en", "phone", "phone/en"} if lost else set())
    assert all(loss.chance < 0.01 for loss in found)


def test_what_was_not_asked_before_is_no_loss() -> None:
    """A new topic begins without a past."""
    before, now = of(5, 5), asked("x", "x", "x", "x").figures
    assert "out_of_scope" not in {loss.name for loss in losses(before, now)}


def test_declining_more_is_a_loss() -> None:
    """Though it were right seldom before, too."""
    def taken_for(intent: str) -> Figures:
        return Evaluation(tuple(Outcome(RATES, intent, 0.5) for _ in range(50))).figures

    assert [loss.name for loss in losses(taken_for("billing"), taken_for("nlu_fallback"))] == ["answered"]
