"""From answers to figures: one number a run for each name, so that means and spreads can be made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.nlu.measure import Run
from benchmarks.nlu.metrics import accuracy, at_threshold, auroc, interval, macro_f1, tuned_threshold
from benchmarks.nlu.splits import NEAR, OUT_OF_SCOPE, Line, Split

Answers = Sequence[dict[str, Any]]


def cell(split: Split, runs: Sequence[Run]) -> dict[str, Any]:
    """`{"figures": {name: [one value a run]}, "accuracy_95": [low, high]}`."""
    each = [_figures(split, run) for run in runs]
    right = [_right(split.test, run.test) for run in runs]
    return {"figures": {name: [one[name] for one in each] for name in each[0]}, "accuracy_95": list(interval(right))}


def _figures(split: Split, run: Run) -> dict[str, float]:
    gold, said = [line.label for line in split.test], [_label(answer) for answer in run.test]
    figures = {**run.cost, "accuracy": accuracy(gold, said), "macro_f1": macro_f1(gold, said)}
    for clock in ("wall_ms", "cpu_ms"):
        middle, late = np.percentile([answer[clock] for answer in run.test], [50, 95])
        figures |= {f"{clock}_p50": float(middle), f"{clock}_p95": float(late)}
    return {**figures, **_rejection(split, run)} if split.oos_test else figures


def _rejection(split: Split, run: Run) -> dict[str, float]:
    """How out-of-scope lines fare. The threshold is tuned on the validation files alone; without them there is none."""
    inside, outside, right = _scores(run.test), _scores(run.oos_test), _right(split.test, run.test)
    figures = {"auroc": auroc(inside, outside)}
    if not split.valid or not split.oos_valid:
        return figures
    threshold = tuned_threshold(_right(split.valid, run.valid), _scores(run.valid), _scores(run.oos_valid))
    figures |= {"threshold": threshold, **at_threshold(threshold, right, inside, outside)}
    near = [line.label == NEAR for line in split.oos_test]
    if any(near) and not all(near):
        rejected = np.array(outside) < threshold
        figures |= {"oos_recall_near": float(rejected[near].mean()),
                    "oos_recall_far": float(rejected[np.logical_not(near)].mean())}
    return figures


def _label(answer: dict[str, Any]) -> str:
    return answer["label"] or OUT_OF_SCOPE


def _right(lines: Sequence[Line], answers: Answers) -> list[bool]:
    return [line.label == _label(answer) for line, answer in zip(lines, answers, strict=True)]


def _scores(answers: Answers) -> list[float]:
    """The confidence; where the answer is "none of these", its negative: the surer of that, the lower."""
    return [-answer["confidence"] if _label(answer) == OUT_OF_SCOPE else answer["confidence"] for answer in answers]
