"""Groups questions by meaning: agglomerative clustering (average linkage, cosine) of sentence embeddings beside the
model's probabilities. `benchmarks/learning.py` measures it; docs/learning.md has the figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.adapters.sentence_encoder.encoder import Encoder

Ranking = Sequence[tuple[str, float]]
Matrix = NDArray[np.float32]

# Questions that the model confuses in the same way belong together, even where their words differ.
RANKING_WEIGHT = 0.5
# Groups whose mean cosine distance is larger are not joined.
DISTANCE_THRESHOLD = 0.7
_LETTERS = 4000


def vectors(texts: Sequence[str], examples: Sequence[str], encoder: Encoder | None) -> Matrix:
    """float32 [texts, d], rows of length 1, or 0 where a text has nothing in common with any other.

    With an encoder: embeddings less the mean of some `examples` of the training data, whose common words count less.
    Without: TF-IDF of character n-grams.
    """
    if encoder is not None:
        common = encoder.frequencies(examples)
        return _unit(encoder.encode(texts, common) - encoder.encode(examples, common).mean(axis=0))
    features = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, max_features=_LETTERS,
                               dtype=np.float32)
    return np.asarray(features.fit([*texts, *examples]).transform(texts).toarray(), dtype=np.float32)


def cluster(
    vectors: Matrix, rankings: Sequence[Ranking], distance_threshold: float = DISTANCE_THRESHOLD,
) -> list[list[int]]:
    """The positions of the texts of each group, the largest group first; a text alone is a group of one."""
    if len(vectors) < 2:
        return [[place] for place in range(len(vectors))]
    features = np.hstack([vectors, RANKING_WEIGHT * _unit(np.sqrt(probability_matrix(rankings)[0]))])
    distances = np.nan_to_num(pdist(features, "cosine"), nan=1.0)  # a row of zeros is like no other
    labels = fcluster(linkage(distances, "average"), distance_threshold, "distance")
    found = [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
    return sorted(found, key=lambda places: (-len(places), places[0]))


def probability_matrix(rankings: Sequence[Ranking]) -> tuple[Matrix, list[str]]:
    """(probabilities, float32 [rankings, intents], 0 for an intent that a ranking lacks; the intents)."""
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


def by_centrality(vectors: Matrix) -> list[int]:
    """Positions in the group, the nearest to its mean first."""
    return np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable").tolist()  # type: ignore[no-any-return]


def farthest_point_sample(vectors: Matrix, most: int) -> list[int]:
    """Positions of at most `most` members: the most central one, then always the one farthest from those taken."""
    taken = by_centrality(vectors)[:1] if len(vectors) else []
    while 0 < len(taken) < min(most, len(vectors)):
        nearest = (vectors @ vectors[taken].T).max(axis=1)
        nearest[taken] = np.inf
        taken.append(int(nearest.argmin()))
    return taken


def _unit(rows: Matrix) -> Matrix:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
