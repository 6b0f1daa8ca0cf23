"""Features and the linear model of intents. Independent of Rasa, so that experiments can use it."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.rasa_ext.encoder import Encoder

Marks = Sequence[tuple[str, str]]

VECTOR_WEIGHT = 8.0
SPARSE_WEIGHT = 5.0
MARK_WEIGHT = 1.5
FULL_C = 2.0
SPARSE_C = 3.0
ITERATIONS = 40
# How far the sparse model must lead to be trusted alone: costs 0.1 points, saves a third to two thirds of encodings.
SURE_MARGIN = 0.9
_ORDINAL = ("priority", "channel", "feature", "field", "target_language")
_WORD = re.compile(r"[^\W\d_]+")


def normalise(text: str, spelling: Mapping[str, str]) -> str:
    """Lower case, compatibility forms unified, white space folded, chat spellings replaced by what they stand for."""
    folded = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return _WORD.sub(lambda match: spelling.get(match.group(), match.group()), folded)


@dataclass
class IntentModel:
    """A fitted model: `rank` gives (intent, probability), the likeliest first.

    A cascade: `sparse` (TF-IDF and marks) answers alone where it is sure; else `full` adds the sentence vector, the
    dearest part of a turn. Without an encoder `sparse` answers always (`full` is `None` when trained without one).
    """

    spelling: Mapping[str, str]
    words: TfidfVectorizer
    characters: TfidfVectorizer
    marks: DictVectorizer
    sparse: LogisticRegression = field(repr=False)
    mean: NDArray[np.float32] | None = None
    full: LogisticRegression | None = field(default=None, repr=False)

    @classmethod
    def fit(
        cls, texts: Sequence[str], marks: Sequence[Marks], intents: Sequence[str], encoder: Encoder | None,
        spelling: Mapping[str, str],
    ) -> IntentModel:
        """Fit on `texts` with the vocabulary's `marks` in each; `spelling` maps chat spellings to plain words."""
        plain = [normalise(text, spelling) for text in texts]
        model = cls(spelling, _word_features().fit(plain), _character_features().fit(plain),
                    DictVectorizer(dtype=np.float32).fit([_mark_counts(found) for found in marks]),
                    LogisticRegression(C=SPARSE_C, max_iter=ITERATIONS))
        features = model._sparse_features(plain, marks)
        with warnings.catch_warnings():
            # Stopped after ITERATIONS on purpose: more of them gain nothing (docs/understanding.md).
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.sparse.fit(features, list(intents))
            if encoder is not None:
                model.mean = encoder.encode(plain).mean(axis=0)
                model.full = LogisticRegression(C=FULL_C, max_iter=ITERATIONS)
                model.full.fit(hstack([features, model._vectors(plain, encoder)]).tocsr(), list(intents))
        for regression in filter(None, (model.sparse, model.full)):
            # Turned round once: else scikit-learn copies all weights at each message (3.6 ms of CPU instead of 0.1).
            regression.coef_ = np.asfortranarray(regression.coef_)
        return model

    def rank(self, text: str, marks: Marks, encoder: Encoder | None) -> list[tuple[str, float]]:
        """Every intent with its probability, the likeliest first."""
        plain = [normalise(text, self.spelling)]
        features = self._sparse_features(plain, [marks])
        ranking = _ranked(self.sparse, features)
        if self.full is None or encoder is None or ranking[0][1] - ranking[1][1] >= SURE_MARGIN:
            return ranking
        return _ranked(self.full, hstack([features, self._vectors(plain, encoder)]).tocsr())

    def _sparse_features(self, plain: Sequence[str], marks: Sequence[Marks]) -> csr_matrix:
        return hstack([
            self.words.transform(plain) * SPARSE_WEIGHT,
            self.characters.transform(plain) * SPARSE_WEIGHT,
            self.marks.transform([_mark_counts(found) for found in marks]) * MARK_WEIGHT,
        ]).tocsr()

    def _vectors(self, plain: Sequence[str], encoder: Encoder) -> csr_matrix:
        """The sentence vectors, the mean of the training vectors taken out, at their weight; `[n, d]`."""
        assert self.mean is not None, "fit() sets it together with `full`"
        vectors = encoder.encode(plain) - self.mean
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return csr_matrix(vectors / lengths * VECTOR_WEIGHT)


def _word_features() -> TfidfVectorizer:
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_features=10000,
                           token_pattern=r"(?u)\b\w+\b|[+?]", dtype=np.float32)


def _character_features() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, max_features=20000,
                           dtype=np.float32)


def _ranked(regression: LogisticRegression, features: csr_matrix) -> list[tuple[str, float]]:
    probabilities = regression.predict_proba(features)[0]
    order = np.argsort(-probabilities)
    return [(str(regression.classes_[i]), float(probabilities[i])) for i in order]


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
