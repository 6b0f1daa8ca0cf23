"""Slips of the finger: a word that is none, one letter away from a word of the training data, is read as that word."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

# A word of the training data that a slip may stand for: so often there, so long. A slip may be one letter longer.
_SEEN, _SHORTEST, _SHORTEST_SLIP = 3, 4, 5
# Where several words are near, the most frequent is taken if it is so many times as frequent as the next.
_CLEARLY = 5
_WORD = re.compile(r"[^\W\d_]+")


Ends = tuple[str, str]


@dataclass(frozen=True)
class Slips:
    """`known`: all words of the training data; `frequent`: how often those occur that a slip may stand for, by their
    first and last letters: the first is seldom wrong, and another end is another form of a word."""

    known: frozenset[str]
    frequent: Mapping[Ends, Mapping[str, int]]

    @classmethod
    def fit(cls, plain: Sequence[str]) -> Slips:
        """Learn the words of normalised texts."""
        counts = Counter(word for text in plain for word in _WORD.findall(text))
        frequent: defaultdict[Ends, dict[str, int]] = defaultdict(dict)
        for word, count in counts.items():
            if count >= _SEEN and len(word) >= _SHORTEST:
                frequent[word[0], word[-1]][word] = count
        return cls(frozenset(counts), dict(frequent))

    def mend(self, plain: str, is_word: Callable[[str], bool]) -> str:
        """A normalised text without slips. What `is_word` knows is none, though the training data lack it."""
        mended: dict[str, str] = {}

        def once(found: re.Match[str]) -> str:
            word = found.group()
            if word not in mended:
                mended[word] = self._mended(word, is_word)
            return mended[word]

        return _WORD.sub(once, plain)

    def _mended(self, word: str, is_word: Callable[[str], bool]) -> str:
        if len(word) < _SHORTEST_SLIP or word in self.known or is_word(word):
            return word
        counts = self.frequent.get((word[0], word[-1]), {})
        near = [name for name in counts if abs(len(name) - len(word)) <= 1
                and OSA.distance(word, name, score_cutoff=1) <= 1]
        ranked = sorted(near, key=lambda name: -counts[name])
        if not ranked:
            return word
        is_clear = len(ranked) == 1 or counts[ranked[0]] >= _CLEARLY * counts[ranked[1]]
        return ranked[0] if is_clear else word
