"""What the bot made of a message, and why a person should look at it again. Pure rules; `docs/learning.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

RANKED = 5
# With these the bot says that it does not understand, that it is none of its business, that it does not know.
DECLINED = frozenset({"nlu_fallback", "out_of_scope", "support_unknown"})
# Says that the answer before was no help.
COMPLAINT = "dissatisfied"
_BAD_SCORE = 2


class ReviewReason(str, Enum):
    """Why a message is worth a second look."""

    DECLINED = "declined"
    DOUBTFUL = "doubtful"
    RATED = "rated"


class Neighbour(NamedTuple):
    """A training line near a message; `similarity` from 0 to 1."""

    text: str
    intent: str
    similarity: float


@dataclass(frozen=True)
class Understanding:
    """`intent` is what was answered, which the conversation may have settled; `ranking` the classifier's likeliest
    intents with their probabilities, the likeliest first, `margin` the lead of the first (0 to 1), `nearest` the
    training lines that lie nearest, `model` the version of the model that thought so."""

    intent: str
    ranking: tuple[tuple[str, float], ...] = ()
    margin: float = 1.0
    nearest: tuple[Neighbour, ...] = ()
    model: str | None = None


@dataclass(frozen=True)
class FeedbackRecord:
    """A message as it is remembered: `text` tells no more who wrote it. Without `reasons` it waits for a bad rating
    alone. `blames` is the seq of the message before, where this one complains of its answer."""

    text: str
    lang: str
    understanding: Understanding
    reasons: tuple[ReviewReason, ...] = ()
    blames: int | None = None


def margin_of(ranking: Sequence[tuple[str, float]]) -> float:
    """The lead of the likeliest over the second; 1 where nothing was ranked, for then nothing was doubtful."""
    shares = sorted((share for _, share in ranking), reverse=True)
    return shares[0] - sum(shares[1:2]) if shares else 1.0


def reasons(understood: Understanding, doubt: float) -> tuple[ReviewReason, ...]:
    """Why to look again; `resync` is the margin under which the classifier was in doubt. What the conversation has
    settled otherwise is no doubt any more."""
    likeliest = understood.ranking[0][0] if understood.ranking else None
    is_doubtful = understood.margin < doubt and understood.intent == likeliest
    declined = (ReviewReason.DECLINED,) if understood.intent in DECLINED else ()
    return (*declined, ReviewReason.DOUBTFUL) if is_doubtful else declined


def is_bad(rating: Mapping[str, Any]) -> bool:
    """True for a rating of a conversation that says it did not help: not solved, or at most two stars of five."""
    solved, score = rating.get("solved"), rating.get("score")
    return not solved if solved is not None else score is not None and score <= _BAD_SCORE
