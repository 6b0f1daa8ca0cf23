"""MissedQuestion questions, read again by the model that serves now: a row for each wording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.feedback import DECLINED, Neighbour, margin_of
from bot.ports.feedback import MissedQuestion
from bot.services.evaluation import NOT_UNDERSTOOD

RATED = "rated"

# A text to its parse, as Rasa gives it: `intent`, `intent_ranking`, `reason`.
ParseText = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True)
class FeedbackRow:
    """A wording, and what the model of now makes of it."""

    text: str  # as first written, white space folded
    misses: tuple[MissedQuestion, ...]  # every message of this wording
    intent: str
    ranking: tuple[tuple[str, float], ...]  # (intent, probability), the likeliest first
    nearest: tuple[Neighbour, ...] = ()  # training lines

    @property
    def people(self) -> frozenset[str]:
        """The ids of the conversations with this wording."""
        return frozenset(missed.conversation_id for missed in self.misses)

    @property
    def languages(self) -> frozenset[str]:
        """The languages in which the wording was answered."""
        return frozenset(missed.lang for missed in self.misses)

    def is_understood_since(self, doubt: float, model: str) -> bool:
        """True when `model`, which missed none of it, leads by `doubt` or more, and no visitor complained."""
        if any(RATED in missed.reasons or missed.model == model for missed in self.misses):
            return False
        return self.intent not in DECLINED and margin_of(self.ranking) >= doubt


def parse_again(misses: Iterable[MissedQuestion], parse: ParseText) -> list[FeedbackRow]:
    """A row for each wording, case and white space apart, in the order of its first miss."""
    wordings: dict[str, list[MissedQuestion]] = defaultdict(list)
    for missed in misses:
        if missed.text.strip():
            wordings[" ".join(missed.text.casefold().split())].append(missed)
    return [_row(same, parse) for same in wordings.values()]


def _row(misses: list[MissedQuestion], parse: ParseText) -> FeedbackRow:
    text = " ".join(misses[0].text.split())
    parsed = parse(text)
    listed = [(item["name"], float(item["confidence"])) for item in parsed.get("intent_ranking") or []]
    ranking = sorted((item for item in listed if item[0] != NOT_UNDERSTOOD), key=lambda item: -item[1])
    nearest = (parsed.get("reason") or {}).get("nearest") or []
    return FeedbackRow(text, tuple(misses), parsed["intent"]["name"], tuple(ranking),
                       tuple(Neighbour(near["text"], near["intent"], near["similarity"]) for near in nearest))
