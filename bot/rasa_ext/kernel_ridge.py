"""Regularised least squares with a kernel, solved in closed form; so are its answers to lines that it has not seen.

A line left out tells how sure the model may be of what it answers; a whole class left out tells how its answers look
where "none of these" is right. Both come from the inverse that the fit needs anyway (Rifkin & Lippert, "Notes on
Regularized Least Squares", 2007), so nothing is trained twice. Of the inverse only its root is computed, the dearest
step of a training, and the parts that are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.optimize import minimize

Floats = NDArray[np.float32]

RIDGE = 0.1
# How much a line whose class is left out counts beside one that is left out alone: so much more seldom is "none".
_NONE_WEIGHT = 0.3
_START = (2.5, 0.5)


@dataclass(frozen=True)
class Fit:
    """`weights` `[lines, classes]`; probabilities are the softmax of `sharpness` times the scores and `none`, the score
    of "none of these". `left_out` `[lines]` is the class that a model without a line takes it for."""

    weights: Floats
    sharpness: float
    none: float
    left_out: NDArray[np.intp]

    def probabilities(self, similarities: Floats) -> NDArray[np.float64]:
        """`[texts, classes]` from the similarities `[texts, lines]`; each row sums to 1 together with "none"."""
        return np.exp(_logits(similarities @ self.weights, self.sharpness, self.none))[:, :-1]


def fit(similarities: Floats, classes: NDArray[np.intp], counted: NDArray[np.bool_], *, learn_none: bool) -> Fit:
    """Fit on the similarities `[lines, lines]` (overwritten) of lines to each other and the class of each. Only lines
    that are `counted` tell how sure to be. Without `learn_none`, one of the classes is always right."""
    targets = _targets(classes)
    root = _inverse_root(similarities)
    weights = root.T @ (root @ targets)
    scores = _without_line(root, weights, targets)
    best = scores.argmax(axis=1)
    scores, right = scores[counted], classes[counted]
    if not learn_none:
        return Fit(weights, *_calibrate(scores, right, np.ones(len(right)), (_START[0],)), best)
    without = _without_class(root, weights, targets)[counted]
    counts = np.concatenate([np.ones(len(right)), np.full(len(right), _NONE_WEIGHT)])
    right = np.concatenate([right, np.full(len(right), targets.shape[1])])
    return Fit(weights, *_calibrate(np.concatenate([scores, without]), right, counts, _START), best)


def left_out(similarities: Floats, classes: NDArray[np.intp]) -> NDArray[np.intp]:
    """`[lines]`, as in `Fit`, where nothing else is asked for. Overwrites the similarities."""
    targets = _targets(classes)
    root = _inverse_root(similarities)
    return np.asarray(_without_line(root, root.T @ (root @ targets), targets).argmax(axis=1))


def _targets(classes: NDArray[np.intp]) -> Floats:
    targets = np.zeros((len(classes), classes.max() + 1), np.float32)
    targets[np.arange(len(classes)), classes] = 1
    return targets


def _without_line(root: Floats, weights: Floats, targets: Floats) -> Floats:
    """The scores of each line by a model that knows all others."""
    return np.asarray(targets - weights / np.einsum("ij,ij->j", root, root)[:, None])


def _without_class(root: Floats, weights: Floats, targets: Floats) -> Floats:
    """The scores of each line by a model that knows no line of its class."""
    scores = np.empty_like(targets)
    for number in range(targets.shape[1]):
        lines = np.flatnonzero(targets[:, number])
        own = root[:, lines]
        scores[lines] = targets[lines] - np.linalg.solve(own.T @ own, weights[lines])
        scores[lines, number] = -np.inf
    return scores


def _inverse_root(similarities: Floats) -> Floats:
    """`root`, lower triangular; `root.T @ root` is the inverse of the similarities and the ridge. In place."""
    similarities[np.diag_indices_from(similarities)] += RIDGE
    factor, problem = lapack.spotrf(similarities.T, lower=True, clean=True, overwrite_a=True)
    if problem:
        raise ValueError("the similarities are not positive definite")
    root, _ = lapack.strtri(factor, lower=True, overwrite_c=True)
    return np.asarray(root)


def _calibrate(scores: Floats, right: NDArray[np.intp], counts: NDArray[np.float64],
               start: tuple[float, ...]) -> tuple[float, float]:
    """The sharpness and the score of "none" (never, if `start` has none) under which what is right is likeliest."""
    rows = np.arange(len(scores))

    def values(point: NDArray[np.float64]) -> tuple[float, float]:
        return float(np.exp(max(point[0], 0.0))), float(point[1]) if len(point) > 1 else -np.inf

    def surprise(point: NDArray[np.float64]) -> float:
        return -float(counts @ _logits(scores, *values(point))[rows, right])

    return values(minimize(surprise, start, method="Nelder-Mead", options={"xatol": 1e-2, "fatol": 1e-1}).x)


def _logits(scores: Floats, sharpness: float, none: float) -> NDArray[np.float64]:
    """Logarithms of probabilities `[texts, classes + 1]`, the last for "none of these"."""
    raw = sharpness * np.concatenate([scores, np.full((len(scores), 1), none)], axis=1)
    raw -= raw.max(axis=1, keepdims=True)
    return np.asarray(raw - np.log(np.exp(raw).sum(axis=1, keepdims=True)))
