"""Spelling correction: an unknown word that is one letter away from a frequent word of the training data becomes it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

# A correction has at least this count in the training data and this length; a typo has at least this length.
_MIN_COUNT, _MIN_LENGTH, _MIN_TYPO_LENGTH = 3, 4, 5
# Of several candidates, the most frequent is taken if it is this many times as frequent as the next.
_MIN_RATIO = 5
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class SpellingCorrector:
    """Candidates share the first and the last letter of a typo: people seldom miss the first, and another ending is
    another form of the word."""

    known: frozenset[str]  # all words of the training data
    candidates: Mapping[tuple[str, str], Mapping[str, int]]  # (first, last letter) to {frequent word: count}

    @classmethod
    def fit(cls, plain: Sequence[str]) -> SpellingCorrector:
        """Learn the words of normalised texts."""
        counts = Counter(word for text in plain for word in _WORD.findall(text))
        candidates: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for word, count in counts.items():
            if count >= _MIN_COUNT and len(word) >= _MIN_LENGTH:
                candidates[word[0], word[-1]][word] = count
        return cls(frozenset(counts), dict(candidates))

    def correct(self, plain: str, is_word: Callable[[str], bool]) -> str:
        """A normalised text with its typos corrected. A word that `is_word` accepts is no typo."""
        corrected = {word: self._correct_word(word, is_word) for word in set(_WORD.findall(plain))}
        return _WORD.sub(lambda match: corrected[match.group()], plain)

    def _correct_word(self, word: str, is_word: Callable[[str], bool]) -> str:
        if len(word) < _MIN_TYPO_LENGTH or word in self.known or is_word(word):
            return word
        counts = self.candidates.get((word[0], word[-1]), {})
        near = [name for name in counts if abs(len(name) - len(word)) <= 1
                and OSA.distance(word, name, score_cutoff=1) <= 1]
        ranked = sorted(near, key=lambda name: -counts[name])
        if not ranked:
            return word
        is_clear = len(ranked) == 1 or counts[ranked[0]] >= _MIN_RATIO * counts[ranked[1]]
        return ranked[0] if is_clear else word
