"""What was missed, read again by the model that serves now: one wording, and everybody who used it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.feedback import DECLINED, Neighbour, margin_of
from bot.ports.feedback import MissedQuestion

NOT_UNDERSTOOD = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
RATED = "rated"

# A text's parse, as Rasa gives it: `intent`, `intent_ranking`, `reason`.
Read = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True)
class Asked:
    """A wording. `ranking` has the likeliest intents with their probabilities, the likeliest first; `nearest` the
    training lines that lie nearest; `intent` is what the bot would take it for now."""

    text: str
    misses: tuple[MissedQuestion, ...]
    intent: str
    ranking: tuple[tuple[str, float], ...]
    nearest: tuple[Neighbour, ...] = ()

    @property
    def people(self) -> frozenset[str]:
        """The conversations in which it was asked."""
        return frozenset(missed.conversation_id for missed in self.misses)

    @property
    def languages(self) -> frozenset[str]:
        """In which it was asked."""
        return frozenset(missed.lang for missed in self.misses)

    def is_understood_since(self, doubt: float, model: str) -> bool:
        """True when `model`, which was not asked before, is sure of a topic, and nobody complained of the answer."""
        if any(RATED in missed.reasons or missed.model == model for missed in self.misses):
            return False
        return self.intent not in DECLINED and margin_of(self.ranking) >= doubt


def ask_again(misses: Iterable[MissedQuestion], read: Read) -> list[Asked]:
    """Each wording once, case and white space apart, in the order of its first miss."""
    wordings: dict[str, list[MissedQuestion]] = defaultdict(list)
    for missed in misses:
        if missed.text.strip():
            wordings[" ".join(missed.text.casefold().split())].append(missed)
    return [_asked(same, read) for same in wordings.values()]


def _asked(misses: list[MissedQuestion], read: Read) -> Asked:
    text = " ".join(misses[0].text.split())
    parsed = read(text)
    listed = [(item["name"], float(item["confidence"])) for item in parsed.get("intent_ranking") or []]
    ranking = sorted((item for item in listed if item[0] != NOT_UNDERSTOOD), key=lambda item: -item[1])
    nearest = (parsed.get("reason") or {}).get("nearest") or []
    return Asked(text, tuple(misses), parsed["intent"]["name"], tuple(ranking),
                 tuple(Neighbour(near["text"], near["intent"], near["similarity"]) for near in nearest))
