"""The figures of `make bench-nlu`, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.nlu.figures import cell
from benchmarks.nlu.measure import Run
from benchmarks.nlu.metrics import accuracy, at_threshold, auroc, interval, macro_f1, tuned_threshold
from benchmarks.nlu.splits import Line, Split


def test_macro_f1_counts_every_label_alike() -> None:
    gold, said = ["a", "a", "a", "b"], ["a", "a", "b", "b"]
    # a: precision 1, recall 2/3 -> 4/5; b: precision 1/2, recall 1 -> 2/3
    assert macro_f1(gold, said) == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert accuracy(gold, said) == 0.75


def test_a_label_that_is_only_said_counts_as_a_zero() -> None:
    # a: precision 1, recall 1/2 -> 2/3; c was never right
    assert macro_f1(["a", "a"], ["a", "c"]) == pytest.approx((2 / 3 + 0) / 2)


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    # pairs: .9>.5, .9>.4, .4<.5, .4=.4 (a half)
    assert auroc([0.9, 0.4], [0.5, 0.4]) == pytest.approx(2.5 / 4)


def test_the_threshold_is_the_best_balance_of_both_kinds() -> None:
    right, inside, outside = [True, True, False, True], [0.9, 0.8, 0.7, 0.2], [0.6, 0.5, 0.1]
    # from 0.15: 3/4 and 1/3; from 0.55: 2/4 and 2/3; from 0.65: 2/4 and 3/3, no better for those that are in scope
    threshold = tuned_threshold(right, inside, outside)
    assert threshold == pytest.approx(0.55)
    assert at_threshold(threshold, right, inside, outside) == {
        "in_scope_accuracy": 0.5, "oos_recall": pytest.approx(2 / 3), "oos_precision": pytest.approx(2 / 3)}


def test_the_number_of_out_of_scope_lines_does_not_move_the_threshold() -> None:
    right, inside, outside = [True] * 4, [0.9, 0.8, 0.5, 0.3], [0.6, 0.4, 0.1]
    assert tuned_threshold(right, inside, outside) == tuned_threshold(right, inside, outside * 50)


def test_where_all_should_be_accepted_all_are() -> None:
    threshold = tuned_threshold([True, True], [0.5, 0.6], [0.7])
    assert at_threshold(threshold, [True, True], [0.5, 0.6], [0.7])["in_scope_accuracy"] == 1.0
    assert at_threshold(threshold, [True], [0.9], [0.9])["oos_precision"] == 1.0


def test_the_interval_holds_the_accuracy_and_narrows_with_lines() -> None:
    few, many = interval([[True, False] * 10]), interval([[True, False] * 1000])
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    # the normal approximation: 1.96 * sqrt(.25 / 2000)
    assert many[1] - many[0] == pytest.approx(2 * 0.0219, rel=0.1)


def _answers(*given: tuple[str | None, float]) -> list[dict[str, object]]:
    return [{"label": label, "confidence": confidence, "wall_ms": 1.0, "cpu_ms": 1.0} for label, confidence in given]


def _split() -> Split:
    lines = [Line("a", "x"), Line("b", "y")]
    outside = [Line("id", "near"), Line("ood", "far")]
    return Split("s", train=lines, valid=lines, test=lines, oos_valid=outside, oos_test=outside, digest="")


def _run(test: list[dict[str, object]], oos_test: list[dict[str, object]]) -> Run:
    valid, oos_valid = _answers(("a", 0.9), ("b", 0.8)), _answers(("a", 0.6), ("b", 0.2))
    return Run({}, valid=valid, oos_valid=oos_valid, test=test, oos_test=oos_test)


def test_the_threshold_never_sees_a_test_line() -> None:
    one = _run(_answers(("a", 0.99), ("b", 0.99)), _answers(("a", 0.1), ("b", 0.1)))
    other = _run(_answers(("b", 0.01), ("a", 0.5)), _answers(("a", 1.0), ("b", 0.65)))
    thresholds = cell(_split(), [one, other])["figures"]["threshold"]
    assert thresholds == [pytest.approx(0.7)] * 2


def test_near_and_far_lines_are_told_apart() -> None:
    figures = cell(_split(), [_run(_answers(("a", 0.9), ("a", 0.9)), _answers(("a", 0.95), ("b", 0.1)))])["figures"]
    assert (figures["oos_recall_near"], figures["oos_recall_far"], figures["oos_recall"]) == ([0.0], [1.0], [0.5])
    assert figures["in_scope_accuracy"] == [0.5]


def test_none_of_these_is_rejected_however_sure_the_system_is_of_it() -> None:
    oos = _answers((None, 1.0), ("out_of_scope", 0.99))
    figures = cell(_split(), [_run(_answers(("a", 0.9), (None, 1.0)), oos)])["figures"]
    assert figures["oos_recall"] == [1.0]
    assert figures["accuracy"] == [0.5]
    assert np.isclose(figures["auroc"][0], auroc([0.9, -1.0], [-1.0, -0.99]))
