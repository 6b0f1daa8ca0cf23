"""Grouping, on vectors that a person can check."""

from __future__ import annotations

import numpy as np
import pytest

from bot.tools.learning.groups import (
    by_centrality,
    cluster,
    cohesion,
    farthest_point_sample,
    probability_matrix,
    vectors,
)

RATES = ["tarif telepon", "tarif telepon berapa", "berapa tarif telepon"]
TEXTS = [*RATES, "cuaca besok hujan", "cuaca hari ini hujan", "pizza"]
NOBODY: list[list[tuple[str, float]]] = [[]] * len(TEXTS)


def test_like_to_like_without_an_encoder() -> None:
    """TF-IDF groups shared words; the largest group comes first, a text alone is a group."""
    found = vectors(TEXTS, [], None)
    assert cluster(found, NOBODY, 0.85) == [[0, 1, 2], [3, 4], [5]]


def test_what_the_model_confuses_alike_belongs_together() -> None:
    """Of four texts at one distance from each other, those of one ranking are joined."""
    apart = np.eye(4, dtype=np.float32) * 0.5 + 0.5
    apart /= np.linalg.norm(apart, axis=1, keepdims=True)
    phone, chat = [("phone", 0.4), ("chat", 0.3)], [("chat", 0.4), ("plan", 0.3)]
    assert cluster(apart, [phone, chat, phone, chat], 0.18) == [[0, 2], [1, 3]]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_group(count: int) -> None:
    """None, or one alone."""
    assert cluster(np.ones((count, 3), dtype=np.float32), [[]] * count) == [[0]] * count


def test_words_that_nobody_shares() -> None:
    """A text of zeros is a group of its own, and no error."""
    found = np.zeros((3, 4), dtype=np.float32)
    found[0, 0] = found[1, 0] = 1.0
    assert cluster(found, [[]] * 3) == [[0, 1], [2]]


def test_shares() -> None:
    """What is not ranked has none."""
    matrix, intents = probability_matrix([[("b", 0.5)], [("a", 0.25), ("b", 0.125)]])
    assert intents == ["a", "b"] and matrix.tolist() == [[0.0, 0.5], [0.25, 0.125]]


def test_cohesion() -> None:
    """The mean cosine of the pairs: same 1, at right angles 0."""
    assert cohesion(np.eye(3, dtype=np.float32)) == pytest.approx(0.0)
    assert cohesion(np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)) == pytest.approx(1 / 3)
    assert cohesion(np.eye(1, dtype=np.float32)) == 1.0


def test_typical_and_varied() -> None:
    """The middle one first; then each time the one that is least like those taken."""
    angles = np.radians([0, 50, 55, 90])
    found = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert by_centrality(found)[0] == 1
    assert farthest_point_sample(found, 3) == [1, 0, 3]
    assert sorted(farthest_point_sample(found, 9)) == [0, 1, 2, 3]
