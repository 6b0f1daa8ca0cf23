"""Finds lines that are nearly equal: they differ by a typo or two, or in the order of their words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from bot.tools.content_checks.training_lines import Line

# 1 - edits per character. Finds 99% of copies with one typo and 95% with two; docs/evaluation.md has the table.
NEARLY_EQUAL = 0.85


def nearly_equal(lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    """The nearly equal pairs of `lines`, the earlier line first, sorted by the later one."""
    return ((lines[first], lines[second]) for first, second in _pairs(tuple(line.plain for line in lines)))


@lru_cache(maxsize=2)
def _pairs(texts: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs of positions in `texts`. Sorted by length, only texts of similar lengths are compared."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    ordered = [texts[place] for place in order]
    lengths = [len(text) for text in ordered]
    found, start = set(_shuffled(texts)), 0
    while start < len(order):
        end, last = bisect_right(lengths, lengths[start]), bisect_right(lengths, lengths[start] / NEARLY_EQUAL)
        for one, other in _alike(tuple(ordered[start:end]), tuple(ordered[end:last])):
            first, second = sorted((order[start + one], order[start + other]))
            found.add((first, second))
        start = end
    return tuple(sorted(found, key=lambda pair: pair[::-1]))


@lru_cache(maxsize=512)
def _alike(texts: tuple[str, ...], longer: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs of positions in `texts`, which have one length, and in those and `longer` ones together."""
    shares = cdist(texts, (*texts, *longer), scorer=Levenshtein.normalized_similarity, score_cutoff=NEARLY_EQUAL,
                   dtype=np.float32, workers=-1)
    return tuple(zip(*(places.tolist() for places in np.nonzero(np.triu(shares, 1))), strict=True))


def _shuffled(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of positions of texts with the same words in another order."""
    first: dict[tuple[str, ...], int] = {}
    for place, text in enumerate(texts):
        known = first.setdefault(tuple(sorted(text.split())), place)
        if known != place:
            yield known, place
