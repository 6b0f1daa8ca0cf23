"""What is counted: accuracy with its interval, macro-F1, and how well a confidence tells in scope from out of scope.

A score is the confidence a system gives to its answer; an answer "none of these" scores below every other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

Scores = Sequence[float]


def accuracy(gold: Sequence[str], said: Sequence[str]) -> float:
    """The share of right labels."""
    return float(np.mean(np.array(gold) == np.array(said)))


def macro_f1(gold: Sequence[str], said: Sequence[str]) -> float:
    """The plain mean of each label's F1, over the labels that are right or were said somewhere."""
    return float(f1_score(gold, said, average="macro", zero_division=0))


def auroc(inside: Scores, outside: Scores) -> float:
    """The probability that an in-scope line scores above an out-of-scope one; ties count half."""
    return float(roc_auc_score([1] * len(inside) + [0] * len(outside), [*inside, *outside]))


def tuned_threshold(right: Sequence[bool], inside: Scores, outside: Scores) -> float:
    """The score from which answers are accepted, tuned on VALIDATION lines alone.

    The rule: the highest of the lower of the two (in-scope lines accepted and right, out-of-scope lines rejected),
    each as a share of its own kind: neither is bought with the other, and their numbers don't matter. Candidates lie
    halfway between neighbouring scores and outside of all; of equals, the lowest is taken.
    """
    values = np.unique([*inside, *outside])
    candidates = np.array([values[0] - 1.0, *(values[:-1] + values[1:]) / 2, values[-1] + 1.0])
    hits = np.sort(np.array(inside)[np.array(right, dtype=bool)])
    accepted = (len(hits) - np.searchsorted(hits, candidates)) / len(inside)
    rejected = np.searchsorted(np.sort(outside), candidates) / len(outside)
    return float(candidates[np.argmax(np.minimum(accepted, rejected))])


def at_threshold(threshold: float, right: Sequence[bool], inside: Scores, outside: Scores) -> dict[str, float]:
    """Of TEST lines: `in_scope_accuracy` (accepted and right), and of rejecting out-of-scope lines `oos_recall` and
    `oos_precision` (1.0 where nothing is rejected)."""
    accepted = np.array(inside) >= threshold
    rejected_outside = int(np.sum(np.array(outside) < threshold))
    rejected = rejected_outside + int(np.sum(~accepted))
    return {
        "in_scope_accuracy": float(np.mean(accepted & np.array(right, dtype=bool))),
        "oos_recall": rejected_outside / len(outside),
        "oos_precision": rejected_outside / rejected if rejected else 1.0,
    }


def interval(right: Sequence[Sequence[bool]], *, samples: int = 2000) -> tuple[float, float]:
    """95% bootstrap interval of the accuracy: test lines are drawn anew, runs (`right[run][line]`) are averaged."""
    lines: NDArray[Any] = np.mean(np.array(right, dtype=float), axis=0)
    drawn = np.random.default_rng(0).integers(len(lines), size=(samples, len(lines)))
    low, high = np.percentile(lines[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
