"""Groups questions by meaning: agglomerative clustering (average linkage, cosine) of sentence vectors beside what the
model made of them. `benchmarks/learning.py` measures it; docs/learning.md has the figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.rasa_ext.encoder import Encoder

Ranking = Sequence[tuple[str, float]]
Matrix = NDArray[np.float32]

# Questions that the model confuses in the same way belong together, even where their words differ.
RANKING_WEIGHT = 0.5
# Mean cosine distance at which groups are joined no more.
FARTHEST = 0.7
_LETTERS = 4000


def vectors(texts: Sequence[str], examples: Sequence[str], encoder: Encoder | None) -> Matrix:
    """`[n, d]`, each of length 1, or 0 where a text has nothing in common with any other.

    By the encoder, with the mean of some `examples` of the training data taken out, which all texts share, and with
    words that are common in them counting less; without one by TF-IDF of character n-grams.
    """
    if encoder is not None:
        common = encoder.frequencies(examples)
        return _unit(encoder.encode(texts, common) - encoder.encode(examples, common).mean(axis=0))
    features = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, max_features=_LETTERS,
                               dtype=np.float32)
    return np.asarray(features.fit([*texts, *examples]).transform(texts).toarray(), dtype=np.float32)


def group(vectors: Matrix, rankings: Sequence[Ranking], farthest: float = FARTHEST) -> list[list[int]]:
    """Places of the texts that belong together, the largest group first; a text alone is a group of one."""
    if len(vectors) < 2:
        return [[place] for place in range(len(vectors))]
    features = np.hstack([vectors, RANKING_WEIGHT * _unit(np.sqrt(shares(rankings)[0]))])
    distances = np.nan_to_num(pdist(features, "cosine"), nan=1.0)  # a row of zeros is like no other
    labels = fcluster(linkage(distances, "average"), farthest, "distance")
    found = [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
    return sorted(found, key=lambda places: (-len(places), places[0]))


def shares(rankings: Sequence[Ranking]) -> tuple[Matrix, list[str]]:
    """The probability of each intent in each ranking, `[n, intents]`, and the intents; 0 where it is not ranked."""
    intents = sorted({intent for ranking in rankings for intent, _ in ranking})
    place = {intent: number for number, intent in enumerate(intents)}
    matrix = np.zeros((len(rankings), len(intents)), dtype=np.float32)
    for row, ranking in enumerate(rankings):
        for intent, share in ranking:
            matrix[row, place[intent]] = share
    return matrix, intents


def cohesion(vectors: Matrix) -> float:
    """The mean cosine between the members of a group of two or more; 1 for one alone."""
    count = len(vectors)
    if count < 2:
        return 1.0
    return float(((vectors @ vectors.T).sum() - (vectors * vectors).sum()) / (count * (count - 1)))


def typical_first(vectors: Matrix) -> list[int]:
    """Places by how near they are to the middle of their group."""
    return np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable").tolist()  # type: ignore[no-any-return]


def varied(vectors: Matrix, most: int) -> list[int]:
    """Places of at most `most` members that are unlike each other: the most typical one, then always the one farthest
    from those taken."""
    taken = typical_first(vectors)[:1] if len(vectors) else []
    while 0 < len(taken) < min(most, len(vectors)):
        nearest = (vectors @ vectors[taken].T).max(axis=1)
        nearest[taken] = np.inf
        taken.append(int(nearest.argmin()))
    return taken


def _unit(rows: Matrix) -> Matrix:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
