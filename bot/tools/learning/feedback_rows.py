"""Stored feedback, parsed again by the model that serves now: a row for each wording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.feedback import DECLINED, Neighbour, margin_of
from bot.ports.feedback import StoredFeedback
from bot.services.evaluation import NOT_UNDERSTOOD

RATED = "rated"

# A text to its parse, as Rasa gives it: `intent`, `intent_ranking`, `reason`.
ParseText = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True)
class FeedbackRow:
    """A wording, and what the present model makes of it."""

    text: str  # as first written, white space folded
    records: tuple[StoredFeedback, ...]  # every message of this wording
    intent: str
    ranking: tuple[tuple[str, float], ...]  # (intent, probability), the likeliest first
    nearest: tuple[Neighbour, ...] = ()  # training lines

    @property
    def people(self) -> frozenset[str]:
        """The ids of the conversations with this wording."""
        return frozenset(record.conversation_id for record in self.records)

    @property
    def languages(self) -> frozenset[str]:
        """The languages in which the wording was answered."""
        return frozenset(record.lang for record in self.records)

    def is_understood_since(self, doubt: float, model: str) -> bool:
        """True when `model`, which missed no message of this wording, now leads by `doubt` or more, and no visitor
        complained."""
        if any(RATED in record.reasons or record.model == model for record in self.records):
            return False
        return self.intent not in DECLINED and margin_of(self.ranking) >= doubt


def parse_again(records: Iterable[StoredFeedback], parse: ParseText) -> list[FeedbackRow]:
    """A row for each wording, case and white space apart, in the order of its first message."""
    wordings: dict[str, list[StoredFeedback]] = defaultdict(list)
    for record in records:
        if record.text.strip():
            wordings[" ".join(record.text.casefold().split())].append(record)
    return [_row(same, parse) for same in wordings.values()]


def _row(records: list[StoredFeedback], parse: ParseText) -> FeedbackRow:
    text = " ".join(records[0].text.split())
    parsed = parse(text)
    listed = [(item["name"], float(item["confidence"])) for item in parsed.get("intent_ranking") or []]
    ranking = sorted((item for item in listed if item[0] != NOT_UNDERSTOOD), key=lambda item: -item[1])
    nearest = (parsed.get("reason") or {}).get("nearest") or []
    return FeedbackRow(text, tuple(records), parsed["intent"]["name"], tuple(ranking),
                       tuple(Neighbour(near["text"], near["intent"], near["similarity"]) for near in nearest))
