"""Features and the linear model of intents. Independent of Rasa, so that experiments can use it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.rasa_ext.encoder import Encoder

Marks = Sequence[tuple[str, str]]

VECTOR_WEIGHT = 8.0
SPARSE_WEIGHT = 5.0
MARK_WEIGHT = 1.5
C = 2.0
_ORDINAL = ("priority", "channel", "feature", "field", "target_language")
_WORD = re.compile(r"[^\W\d_]+")


def normalise(text: str, spelling: Mapping[str, str]) -> str:
    """Lower case, compatibility forms unified, white space folded, chat spellings replaced by what they stand for."""
    folded = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return _WORD.sub(lambda match: spelling.get(match.group(), match.group()), folded)


@dataclass
class IntentModel:
    """A fitted model: `rank` gives (intent, probability), the likeliest first."""

    spelling: Mapping[str, str]
    words: TfidfVectorizer
    characters: TfidfVectorizer
    marks: DictVectorizer
    mean: NDArray[np.float32] | None
    regression: LogisticRegression = field(repr=False)

    @classmethod
    def fit(
        cls, texts: Sequence[str], marks: Sequence[Marks], intents: Sequence[str], encoder: Encoder | None,
        spelling: Mapping[str, str],
    ) -> IntentModel:
        """Fit on `texts` with the vocabulary's `marks` in each; `spelling` maps chat spellings to plain words."""
        plain = [normalise(text, spelling) for text in texts]
        model = cls(
            spelling,
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_features=10000, token_pattern=r"(?u)\b\w+\b|[+?]",
                            dtype=np.float32),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, max_features=20000,
                            dtype=np.float32),
            DictVectorizer(dtype=np.float32),
            None,
            LogisticRegression(C=C, max_iter=50),
        )
        model.words.fit(plain)
        model.characters.fit(plain)
        model.marks.fit([_mark_counts(found) for found in marks])
        if encoder is not None:
            model.mean = encoder.encode(plain).mean(axis=0)
        model.regression.fit(model._features(plain, marks, encoder), list(intents))
        return model

    def rank(self, text: str, marks: Marks, encoder: Encoder | None) -> list[tuple[str, float]]:
        """Every intent with its probability, the likeliest first."""
        probabilities = self.regression.predict_proba(self._features([normalise(text, self.spelling)], [marks], encoder))[0]
        order = np.argsort(-probabilities)
        return [(str(self.regression.classes_[i]), float(probabilities[i])) for i in order]

    def _features(self, plain: Sequence[str], marks: Sequence[Marks], encoder: Encoder | None) -> csr_matrix:
        parts = [
            self.words.transform(plain) * SPARSE_WEIGHT,
            self.characters.transform(plain) * SPARSE_WEIGHT,
            self.marks.transform([_mark_counts(found) for found in marks]) * MARK_WEIGHT,
        ]
        if self.mean is not None:
            parts.append(csr_matrix(self._vectors(plain, encoder)) * VECTOR_WEIGHT)
        return hstack(parts).tocsr()

    def _vectors(self, plain: Sequence[str], encoder: Encoder | None) -> NDArray[np.float32]:
        assert self.mean is not None
        if encoder is None:
            return np.zeros((len(plain), len(self.mean)), dtype=np.float32)
        vectors = encoder.encode(plain) - self.mean
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


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
    return counts
