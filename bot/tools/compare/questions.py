"""What differs when two models are asked the same questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.services.evaluation import Evaluation, Question, Score


@dataclass(frozen=True)
class ChangedAnswer:
    """A question that the models take for different intents."""

    question: Question
    a: str  # the intent
    b: str

    def as_json(self, *, shown: bool) -> dict[str, Any]:
        """Plain values; the question's text only where it is `shown`."""
        text = {"say": self.question.say} if shown else {}
        return {**text, "lang": self.question.lang, "intents": list(self.question.intents), "a": self.a, "b": self.b}


@dataclass(frozen=True)
class SetComparison:
    """A test set, asked of both."""

    a: Score
    b: Score
    gained: tuple[ChangedAnswer, ...]  # right with B alone
    lost: tuple[ChangedAnswer, ...]  # right with A alone
    other: tuple[ChangedAnswer, ...]  # taken otherwise, and right or wrong with both

    def as_json(self, *, shown: bool) -> dict[str, Any]:
        """Plain values."""
        return {"a": list(self.a), "b": list(self.b),
                **{name: [one.as_json(shown=shown) for one in getattr(self, name)]
                   for name in ("gained", "lost", "other")}}


def compare_answers(a: Evaluation, b: Evaluation) -> SetComparison:
    """Compare the outcomes of the same questions."""
    pairs = [(one, other) for one, other in zip(a.outcomes, b.outcomes, strict=True) if one.intent != other.intent]

    def those(right_a: bool | None, right_b: bool | None = None) -> tuple[ChangedAnswer, ...]:
        return tuple(ChangedAnswer(one.question, one.intent, other.intent) for one, other in pairs
                     if (one.is_right == other.is_right if right_a is None
                         else (one.is_right, other.is_right) == (right_a, right_b)))

    return SetComparison(a.figures.total, b.figures.total, gained=those(False, True), lost=those(True, False),
                         other=those(None))
