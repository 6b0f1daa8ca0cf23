"""Splits, the record of cells, and one real cell: training and answering in processes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.nlu.figures import cell
from benchmarks.nlu.measure import WorkerFailed, run
from benchmarks.nlu.record import Record
from benchmarks.nlu.report import markdown
from benchmarks.nlu.splits import Split, read_splits
from benchmarks.nlu.systems import SYSTEMS, System

FRUIT = ["an apple please", "one more apple", "red apple", "apple pie"]
WEATHER = ["will it rain", "rain tomorrow", "so much rain", "rain again"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two splits: `small` with out-of-scope files, `large` without."""
    lines = [f"fruit\t{text}\n" for text in FRUIT] + [f"weather\t{text}\n" for text in WEATHER]
    for name, times in (("large", 2), ("small", 1)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "train.tsv").write_text("".join(lines * times))
        (tmp_path / name / "test.tsv").write_text("fruit\tthe apple\nweather\train or\u0085not\n", "utf-8")
    (tmp_path / "small/valid.tsv").write_text("".join(lines))
    for name in ("oos_train", "oos_valid", "oos_test"):
        (tmp_path / f"small/{name}.tsv").write_text("id\twho are you\nood\tzzz\n")
    return tmp_path


def test_the_smallest_split_comes_first_and_a_text_is_one_line(folder: Path) -> None:
    small, large = read_splits(folder)
    assert (small.name, large.name, len(small.train), len(large.train)) == ("small", "large", 8, 16)
    assert small.test[1] == ("weather", "rain or not")
    assert (large.valid, large.oos_test, large.language) == ([], [], "en")
    assert [split.name for split in read_splits(folder, ["large"])] == ["large"]


def test_out_of_scope_lines_are_trained_on_only_when_asked_for(folder: Path) -> None:
    assert {line.label for line in read_splits(folder, ["small"])[0].train} == {"fruit", "weather"}
    (only,) = read_splits(folder, oos_class=True)
    assert (only.name, len(only.train), only.train[-1].label) == ("small+oos", 10, "out_of_scope")


def test_a_changed_line_changes_the_digest(folder: Path) -> None:
    before = read_splits(folder, ["small"])[0].digest
    (folder / "small/test.tsv").write_text("fruit\tanother apple\n")
    assert read_splits(folder, ["small"])[0].digest != before


def test_two_runs_keep_each_others_cells(tmp_path: Path) -> None:
    one, other = Record(tmp_path / "nlu.json"), Record(tmp_path / "nlu.json")
    one.skip("nlpjs", "no npm")
    other.put("kilat/a", {"seeds": 1})
    one.put("nlpjs/a", {"seeds": 3})
    kept = Record(tmp_path / "nlu.json")
    assert (set(kept.cells), kept.skipped) == ({"kilat/a", "nlpjs/a"}, {})


def test_a_cell_is_measured_by_real_workers(folder: Path) -> None:
    (split,) = read_splits(folder, ["small"])
    measured = cell(split, [run(_system("tfidf-svc"), split, seed=0)])
    figures = measured["figures"]
    assert figures["accuracy"] == [1.0]
    assert figures["auroc"] == [1.0]
    assert all(figures[name][0] > 0 for name in ("train_cpu_s", "load_s", "wall_ms_p50", "cpu_ms_p95", "idle_peak_mb"))
    assert figures["wall_ms_p50"] <= figures["wall_ms_p95"]
    record = Record(None)
    record.put("tfidf-svc/small", measured)
    assert "| small | tfidf-svc | 100.0 |" in markdown(record)


def test_a_worker_that_fails_says_why(folder: Path) -> None:
    one_label = Split("one", train=read_splits(folder)[0].train[:4], valid=[], test=[], oos_valid=[], oos_test=[],
                      digest="")
    with pytest.raises(WorkerFailed, match=r"(?s)tfidf-svc fit: .*one class: .fruit."):
        run(_system("tfidf-svc"), one_label, seed=0)


def _system(name: str) -> System:
    return next(system for system in SYSTEMS if system.name == name)
