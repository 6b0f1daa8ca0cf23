"""Kernel ridge regression of one-hot classes, solved in closed form, with its leave-one-out scores.

The leave-one-out scores calibrate the probabilities; the scores of lines whose whole class is left out show how "none
of these" looks. Both follow from the inverse that the fit needs anyway, so nothing is fitted twice: Rifkin & Lippert,
"Notes on Regularized Least Squares", 2007 (https://dspace.mit.edu/handle/1721.1/37318). Only the Cholesky factor of
the inverse is computed, the most expensive step of a training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.optimize import minimize

Floats = NDArray[np.float32]

RIDGE = 0.1
# The weight of a line whose class is left out, beside one that is left out alone: "none" is that much rarer.
_NONE_WEIGHT = 0.3
# Where the calibration starts: the logarithm of the inverse temperature, the score of "none".
_INITIAL = (2.5, 0.5)


@dataclass(frozen=True)
class KernelRidge:
    """A fitted model. Probabilities are the softmax of `inverse_temperature` times the scores and `none_score`."""

    dual_coefficients: Floats  # float32 [lines, classes]; scores are kernel @ dual_coefficients
    inverse_temperature: float  # at least 1
    none_score: float  # the score of "none of these"; -inf where one of the classes is always right
    left_out_classes: NDArray[np.intp]  # [lines]; the class that a model without the line predicts for it

    def probabilities(self, kernel: Floats) -> NDArray[np.float64]:
        """float64 [texts, classes] from the kernel values [texts, lines]; a row and "none" sum to 1."""
        scores = kernel @ self.dual_coefficients
        return np.exp(_log_softmax(scores, self.inverse_temperature, self.none_score))[:, :-1]


def fit(kernel: Floats, classes: NDArray[np.intp], calibrating: NDArray[np.bool_], *, learn_none: bool) -> KernelRidge:
    """Fit on the kernel matrix [lines, lines], which is overwritten, and the class of each line [lines].

    Only lines where `calibrating` is true set the temperature. Without `learn_none`, one of the classes is always
    right. `ValueError` when the kernel matrix is not positive definite.
    """
    targets = one_hot(classes)
    factor = _inverse_factor(kernel, RIDGE)
    dual = factor.T @ (factor @ targets)
    scores = _leave_one_out(factor, dual, targets)
    left_out_classes = scores.argmax(axis=1)
    scores, labels = scores[calibrating], classes[calibrating]
    if not learn_none:
        return KernelRidge(dual, *_calibrate(scores, labels, np.ones(len(labels)), _INITIAL[:1]), left_out_classes)
    without_class = _leave_class_out(factor, dual, targets)[calibrating]
    weights = np.concatenate([np.ones(len(labels)), np.full(len(labels), _NONE_WEIGHT)])
    labels = np.concatenate([labels, np.full(len(labels), targets.shape[1])])
    calibrated = _calibrate(np.concatenate([scores, without_class]), labels, weights, _INITIAL)
    return KernelRidge(dual, *calibrated, left_out_classes)


def leave_one_out_scores(kernel: Floats, targets: Floats, ridge: float = RIDGE) -> Floats:
    """float32 [lines, classes]: the scores of each line by a model of all other lines.

    `kernel` [lines, lines] is overwritten; `targets` [lines, classes] is what each line should score.
    """
    factor = _inverse_factor(kernel, ridge)
    return _leave_one_out(factor, factor.T @ (factor @ targets), targets)


def one_hot(classes: NDArray[np.intp]) -> Floats:
    """float32 [lines, classes]: 1 at the class of each line."""
    return np.asarray(np.eye(classes.max() + 1, dtype=np.float32)[classes])


def _leave_one_out(factor: Floats, dual: Floats, targets: Floats) -> Floats:
    return np.asarray(targets - dual / np.einsum("ij,ij->j", factor, factor)[:, None])


def _leave_class_out(factor: Floats, dual: Floats, targets: Floats) -> Floats:
    """[lines, classes]: the scores of each line by a model that knows no line of its class; -inf for that class."""
    scores = np.empty_like(targets)
    for number in range(targets.shape[1]):
        lines = np.flatnonzero(targets[:, number])
        own = factor[:, lines]
        scores[lines] = targets[lines] - np.linalg.solve(own.T @ own, dual[lines])
        scores[lines, number] = -np.inf
    return scores


def _inverse_factor(kernel: Floats, ridge: float) -> Floats:
    """[lines, lines], lower triangular; `factor.T @ factor` is the inverse of `kernel` + `ridge` · identity.

    Overwrites `kernel`. `ValueError` when the sum is not positive definite.
    """
    kernel[np.diag_indices_from(kernel)] += ridge
    lower, problem = lapack.spotrf(kernel.T, lower=True, clean=True, overwrite_a=True)
    if problem:
        raise ValueError("the kernel matrix is not positive definite")
    factor, _ = lapack.strtri(lower, lower=True, overwrite_c=True)
    return np.asarray(factor)


def _calibrate(scores: Floats, labels: NDArray[np.intp], weights: NDArray[np.float64],
               initial: tuple[float, ...]) -> tuple[float, float]:
    """The inverse temperature and the score of "none" (-inf where `initial` has none) of the highest likelihood."""
    rows = np.arange(len(scores))

    def parameters(point: NDArray[np.float64]) -> tuple[float, float]:
        return float(np.exp(max(point[0], 0.0))), float(point[1]) if len(point) > 1 else -np.inf

    def negative_log_likelihood(point: NDArray[np.float64]) -> float:
        return -float(weights @ _log_softmax(scores, *parameters(point))[rows, labels])

    options = {"xatol": 1e-2, "fatol": 1e-1}
    return parameters(minimize(negative_log_likelihood, initial, method="Nelder-Mead", options=options).x)


def _log_softmax(scores: Floats, inverse_temperature: float, none_score: float) -> NDArray[np.float64]:
    """Logarithms of probabilities, float64 [texts, classes + 1]; the last column is "none of these"."""
    logits = inverse_temperature * np.concatenate([scores, np.full((len(scores), 1), none_score)], axis=1)
    logits -= logits.max(axis=1, keepdims=True)
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))
