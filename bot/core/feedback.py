"""How the bot understood a message, and why an operator should review it. Pure rules; see `docs/learning.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

RANKED = 5
# The intents with which the bot gives no answer.
DECLINED = frozenset({"nlu_fallback", "out_of_scope", "support_unknown"})
# The intent of a complaint about the previous answer.
COMPLAINT = "dissatisfied"
_BAD_SCORE = 2


class ReviewReason(str, Enum):
    """Why a message should be reviewed."""

    DECLINED = "declined"
    DOUBTFUL = "doubtful"
    RATED = "rated"


class Neighbour(NamedTuple):
    """A training line that resembles a message."""

    text: str
    intent: str
    similarity: float  # 0 to 1


@dataclass(frozen=True)
class Understanding:
    """The classifier's view of a message, and the intent that was answered."""

    intent: str  # the intent answered; the dialogue may have overruled the classifier
    ranking: tuple[tuple[str, float], ...] = ()  # the classifier's (intent, probability), the likeliest first
    margin: float = 1.0  # the lead of the likeliest intent over the second, 0 to 1
    nearest: tuple[Neighbour, ...] = ()
    model: str | None = None  # the model's version


@dataclass(frozen=True)
class FeedbackRecord:
    """A message as kept for review."""

    text: str  # anonymized
    lang: str
    understanding: Understanding
    reasons: tuple[ReviewReason, ...] = ()  # empty: kept only in case a bad rating follows
    blames: int | None = None  # seq of the previous question, when this message complains of its answer


def margin_of(ranking: Sequence[tuple[str, float]]) -> float:
    """The lead of the highest probability in `ranking` over the second, 0 to 1; 1 for an empty ranking."""
    shares = sorted((share for _, share in ranking), reverse=True)
    return shares[0] - sum(shares[1:2]) if shares else 1.0


def reasons(understood: Understanding, doubt: float) -> tuple[ReviewReason, ...]:
    """The reasons to review a message. `doubt`: a smaller margin is doubtful, unless the dialogue has overruled the
    classifier."""
    likeliest = understood.ranking[0][0] if understood.ranking else None
    is_doubtful = understood.margin < doubt and understood.intent == likeliest
    declined = (ReviewReason.DECLINED,) if understood.intent in DECLINED else ()
    return (*declined, ReviewReason.DOUBTFUL) if is_doubtful else declined


def is_bad(rating: Mapping[str, Any]) -> bool:
    """True for a conversation's rating of "not solved", or of at most two stars out of five."""
    solved, score = rating.get("solved"), rating.get("score")
    return not solved if solved is not None else score is not None and score <= _BAD_SCORE
