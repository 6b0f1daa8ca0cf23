"""What a text looks like to the classifier beside its meaning: words, characters, and the vocabulary's marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

Marks = Sequence[tuple[str, str]]

# Shares of a similarity that come of words, characters and marks; without marks the first two share it.
_WORDS, _CHARACTERS, _MARKS = 0.4, 0.35, 0.25
# What stands in more lines than this tells little and costs much.
_MOST_LINES = 1500
_ORDINAL = ("priority", "channel", "feature", "field", "target_language")
_NOTHING = {"nothing": 1.0}
_WORD = re.compile(r"[^\W\d_]+")


def normalise(text: str, spelling: Mapping[str, str]) -> str:
    """Lower case, compatibility forms unified, white space folded, chat spellings replaced by what they stand for."""
    folded = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return _WORD.sub(lambda match: spelling.get(match.group(), match.group()), folded)


@dataclass
class Features:
    """Fitted on the training lines; `of` gives rows of length 1 (shorter where a text has no known word)."""

    words: TfidfVectorizer
    characters: TfidfVectorizer
    marks: DictVectorizer | None

    @classmethod
    def fit(cls, plain: Sequence[str], marks: Sequence[Marks]) -> Features:
        """Fit on normalised texts and the marks in each."""
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=_MOST_LINES, max_features=20000,
                                token_pattern=r"(?u)\b\w+\b|[+?]", dtype=np.float32)
        characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, max_df=_MOST_LINES,
                                     max_features=30000, dtype=np.float32)
        kinds = DictVectorizer(dtype=np.float32) if any(marks) else None
        if kinds is not None:
            kinds.fit([_mark_counts(found) for found in marks])
        return cls(words.fit(plain), characters.fit(plain), kinds)

    def of(self, plain: Sequence[str], marks: Sequence[Marks]) -> csr_matrix:
        """`[texts, features]`; the product of two rows is their similarity, at most 1."""
        parts = [(self.words.transform(plain), _WORDS), (self.characters.transform(plain), _CHARACTERS)]
        if self.marks is not None:
            parts.append((normalize(self.marks.transform([_mark_counts(found) for found in marks])), _MARKS))
        whole = sum(share for _, share in parts)
        return hstack([part * np.float32(np.sqrt(share / whole)) for part, share in parts]).tocsr()


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
