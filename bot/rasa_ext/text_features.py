"""What a text looks like to the classifier beside its meaning: words, characters, and the vocabulary's marks."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

Marks = Sequence[tuple[str, str]]

# Shares of a similarity that come of words, characters and marks; without marks the first two share it.
_WORDS, _CHARACTERS, _MARKS = 0.4, 0.35, 0.15
# What stands in more lines than this tells little and costs much.
_MOST_LINES = 1500
_ORDINAL = ("priority", "channel", "feature", "field", "target_language")
_NOTHING = {"nothing": 1.0}
_LONGEST_FORM = 3
_WORD = re.compile(r"[^\W\d_]+")
_WORD_TERMS = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b|[+?]").build_analyzer()
_CHARACTER_TERMS = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()


def normalise(text: str, spelling: Mapping[str, str]) -> str:
    """Lower case, compatibility forms unified, white space folded, chat spellings replaced by what they stand for.

    At most `_LONGEST_FORM` times as long as `text`: a sign that stands for more letters, as U+FDFA for 18, is a space.
    """
    if not text.isascii():
        text = "".join(" " if len(unicodedata.normalize("NFKC", sign)) > _LONGEST_FORM else sign for sign in text)
    folded = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return _WORD.sub(lambda match: spelling.get(match.group(), match.group()), folded)


@dataclass
class Terms:
    """One kind of feature: its number by name, and how much each counts."""

    numbers: Mapping[str, int]
    weights: NDArray[np.float32]

    def of(self, counts: Mapping[str, float]) -> tuple[list[int], NDArray[np.float32]]:
        """(numbers, values) of what is known, of length 1; what is there twice counts less than double."""
        known = [name for name in counts if name in self.numbers]
        numbers = [self.numbers[name] for name in known]
        values = (1 + np.log([counts[name] for name in known])) * self.weights[numbers]
        return numbers, np.asarray(values / max(float(np.linalg.norm(values)), 1e-9), np.float32)


@dataclass
class Features:
    """Fitted on the training lines; `of` gives rows of length 1 (shorter where a text has no known word)."""

    words: Terms
    characters: Terms
    marks: Terms | None

    @classmethod
    def fit(cls, plain: Sequence[str], marks: Sequence[Marks]) -> Features:
        """Fit on normalised texts and the marks in each."""
        kinds = sorted({kind for found in marks for kind in _mark_counts(found)}) if any(marks) else []
        return cls(_fitted(_WORD_TERMS, plain, 20000), _fitted(_CHARACTER_TERMS, plain, 30000),
                   Terms({kind: i for i, kind in enumerate(kinds)}, np.ones(len(kinds), np.float32)) if kinds else None)

    def of(self, plain: Sequence[str], marks: Sequence[Marks]) -> csr_matrix:
        """`[texts, features]`; the product of two rows is their similarity, at most 1."""
        kinds = [(self.words, _WORDS), (self.characters, _CHARACTERS), *([(self.marks, _MARKS)] if self.marks else [])]
        whole = sum(share for _, share in kinds)
        numbers: list[int] = []
        values: list[NDArray[np.float32]] = []
        ends = [0]
        for text, found in zip(plain, marks, strict=True):
            counted: tuple[Mapping[str, float], ...] = (
                Counter(_WORD_TERMS(text)), Counter(_CHARACTER_TERMS(text)), _mark_counts(found))
            before = 0
            for (terms, share), counts in zip(kinds, counted, strict=False):
                some, sizes = terms.of(counts)
                numbers.extend(number + before for number in some)
                values.append(sizes * np.float32(np.sqrt(share / whole)))
                before += len(terms.weights)
            ends.append(len(numbers))
        return csr_matrix((np.concatenate(values), numbers, ends), (len(plain), before))


def _fitted(terms: Callable[[str], list[str]], plain: Sequence[str], most: int) -> Terms:
    """Weighted by their rarity; the `most` frequent, without those that stand nearly everywhere."""
    vectorizer = TfidfVectorizer(analyzer=terms, max_df=_MOST_LINES, max_features=most).fit(plain)
    return Terms(dict(vectorizer.vocabulary_), vectorizer.idf_.astype(np.float32))


def _mark_counts(marks: Marks) -> dict[str, float]:
    """Which kinds of value occur; for some kinds which value, and whether there is more than one."""
    counts: dict[str, float] = {}
    kinds: dict[str, set[str]] = {}
    for entity, value in marks:
        kinds.setdefault(entity, set()).add(value)
        if entity in _ORDINAL:
            counts[f"{entity}={value}"] = 1.0
    for entity, values in kinds.items():
        counts[entity] = 1.0
        if len(values) > 1:
            counts[f"{entity}>1"] = 1.0
    return counts or _NOTHING
