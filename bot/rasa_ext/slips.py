"""Slips of the finger: a word that is none, one letter away from a word of the training data, is read as that word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

# A word of the training data that a slip may stand for: so often there, so long. A slip may be one letter longer.
_SEEN, _SHORTEST, _SHORTEST_SLIP = 3, 4, 5
# Where several words are near, the most frequent is taken if it is so many times as frequent as the next.
_CLEARLY = 5
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Slips:
    """`known`: all words of the training data; `frequent`: how often those occur that a slip may stand for."""

    known: frozenset[str]
    frequent: Mapping[str, int]

    @classmethod
    def fit(cls, plain: Sequence[str]) -> Slips:
        """Learn the words of normalised texts."""
        counts = Counter(word for text in plain for word in _WORD.findall(text))
        frequent = {word: count for word, count in counts.items() if count >= _SEEN and len(word) >= _SHORTEST}
        return cls(frozenset(counts), frequent)

    def mend(self, plain: str, is_word: Callable[[str], bool]) -> str:
        """A normalised text without slips. What `is_word` knows is none, though the training data lack it."""
        return _WORD.sub(lambda found: self._mended(found.group(), is_word), plain)

    def _mended(self, word: str, is_word: Callable[[str], bool]) -> str:
        if len(word) < _SHORTEST_SLIP or word in self.known or is_word(word):
            return word
        near = extract(word, self.frequent.keys(), scorer=OSA.distance, score_cutoff=1, limit=None)
        ranked = sorted((name for name, _, _ in near if _may_be(word, name)), key=lambda name: -self.frequent[name])
        if not ranked:
            return word
        is_clear = len(ranked) == 1 or self.frequent[ranked[0]] >= _CLEARLY * self.frequent[ranked[1]]
        return ranked[0] if is_clear else word


def _may_be(slip: str, word: str) -> bool:
    """The first letter is seldom wrong, and another end is another form of a word."""
    return slip[0] == word[0] and slip[-1] == word[-1]
