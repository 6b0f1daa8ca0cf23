"""The closed forms against the long way round."""

from __future__ import annotations

import numpy as np
import pytest

from bot.rasa_ext import kernel_ridge

LINES, CLASSES = 60, 4


@pytest.fixture(scope="module")
def problem() -> tuple[kernel_ridge.Floats, np.ndarray]:
    """Kernel values of points around one centre a class, and their classes."""
    random = np.random.default_rng(7)
    classes = np.arange(LINES) % CLASSES
    points = random.normal(size=(CLASSES, 8))[classes] * 1.2 + random.normal(size=(LINES, 8))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return np.exp(2 * (points @ points.T - 1)).astype(np.float32), classes


def _scores(kernel: kernel_ridge.Floats, classes: np.ndarray, kept: np.ndarray, line: int) -> np.ndarray:
    """Of a line, by a model that is really fitted on the lines `kept` alone."""
    targets = np.eye(CLASSES)[classes[kept]]
    weights = np.linalg.solve(kernel[np.ix_(kept, kept)] + kernel_ridge.RIDGE * np.eye(len(kept)), targets)
    return kernel[line, kept] @ weights


def test_a_line_left_out(problem: tuple[kernel_ridge.Floats, np.ndarray]) -> None:
    """As if the model had been fitted without it."""
    kernel, classes = problem
    fit = kernel_ridge.fit(kernel.copy(), classes, np.ones(LINES, bool), learn_none=True)
    scores = kernel_ridge.leave_one_out_scores(kernel.copy(), kernel_ridge.one_hot(classes))
    for line in range(0, LINES, 7):
        long_way = _scores(kernel, classes, np.flatnonzero(np.arange(LINES) != line), line)
        assert scores[line] == pytest.approx(long_way, abs=1e-3)
        assert fit.left_out_classes[line] == long_way.argmax()
    assert (scores.argmax(axis=1) == fit.left_out_classes).all()


def test_probabilities(problem: tuple[kernel_ridge.Floats, np.ndarray]) -> None:
    """Together with "none" they sum to 1; what is like nothing is most likely none; what is known is known."""
    kernel, classes = problem
    fit = kernel_ridge.fit(kernel.copy(), classes, np.ones(LINES, bool), learn_none=True)
    known, strange = fit.probabilities(np.stack([kernel[0], np.zeros(LINES, np.float32)]))
    assert known.argmax() == classes[0]
    assert known.sum() <= 1 and strange.sum() < 0.5 and known.max() > strange.max()


def test_a_class_left_out_teaches_none() -> None:
    """`none` lies between the scores of lines with their class and of those without it."""
    kernel = np.full((20, 20), 0.1, np.float32)
    classes = np.repeat([0, 1], 10)
    kernel[:10, :10] = kernel[10:, 10:] = 0.6
    np.fill_diagonal(kernel, 1)
    fit = kernel_ridge.fit(kernel.copy(), classes, np.ones(20, bool), learn_none=True)
    every = np.arange(20)
    with_class = min(_scores(kernel, classes, np.delete(every, line), line)[classes[line]] for line in every)
    without = max(_scores(np.vstack([kernel]), classes, np.flatnonzero(classes == 1), 0)[1], 0)
    assert without < fit.none_score < with_class


def test_one_of_the_classes_is_right(problem: tuple[kernel_ridge.Floats, np.ndarray]) -> None:
    """Where "none" is not learned, the probabilities of the classes sum to 1, even of what is like nothing."""
    kernel, classes = problem
    fit = kernel_ridge.fit(kernel.copy(), classes, np.ones(LINES, bool), learn_none=False)
    shares = fit.probabilities(np.stack([kernel[0], np.zeros(LINES, np.float32)]))
    assert shares.sum(axis=1) == pytest.approx([1, 1])


def test_what_is_no_similarity_is_refused() -> None:
    """A matrix that is not positive definite is an error, not a wrong answer."""
    with pytest.raises(ValueError, match="positive definite"):
        kernel_ridge.fit(-np.eye(4, dtype=np.float32), np.array([0, 1, 0, 1]), np.ones(4, bool), learn_none=True)
