"""The figures as tables: on the terminal, and in Markdown for docs/benchmarks.md."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.nlu.record import Cell, Record
from benchmarks.nlu.systems import SYSTEMS

_WIDTH = 150  # below it the tables are unreadable

Column = tuple[str, Callable[[Cell], str]]


def mean(cell: Cell, name: str) -> float:
    """The mean over the runs."""
    return statistics.fmean(cell["figures"][name])


def _percent(name: str) -> Callable[[Cell], str]:
    """In percent, with the spread over the runs (standard deviation) where there are several that differ."""
    def show_one(cell: Cell) -> str:
        values = cell["figures"].get(name)
        if not values:
            return "–"
        spread = statistics.pstdev(values) * 100
        return f"{statistics.fmean(values) * 100:.1f}" + (f" ±{spread:.1f}" if spread >= 0.05 else "")
    return show_one


def _number(name: str, digits: int) -> Callable[[Cell], str]:
    return lambda cell: f"{mean(cell, name):.{digits}f}"


def _interval(cell: Cell) -> str:
    low, high = cell["accuracy_95"]
    return f"{low * 100:.1f}–{high * 100:.1f}"


def _above(cell: Cell) -> str:
    return f"{mean(cell, 'answer_peak_mb') - mean(cell, 'idle_peak_mb'):.0f}"


RIGHT: tuple[Column, ...] = (
    ("accuracy %", _percent("accuracy")), ("95% interval", _interval), ("macro-F1 %", _percent("macro_f1")),
)
REJECTION: tuple[Column, ...] = (
    ("AUROC %", _percent("auroc")), ("in scope, accepted and right %", _percent("in_scope_accuracy")),
    ("out of scope caught %", _percent("oos_recall")), ("near %", _percent("oos_recall_near")),
    ("far %", _percent("oos_recall_far")), ("precision %", _percent("oos_precision")),
)
COST: tuple[Column, ...] = (
    ("train s", _number("train_wall_s", 1)), ("train CPU s", _number("train_cpu_s", 1)),
    ("message p50 ms", _number("wall_ms_p50", 2)), ("p95 ms", _number("wall_ms_p95", 2)),
    ("CPU p50 ms", _number("cpu_ms_p50", 2)), ("CPU p95 ms", _number("cpu_ms_p95", 2)),
    ("peak MB", _number("answer_peak_mb", 0)), ("above no model MB", _above),
    ("peak of training MB", _number("train_peak_mb", 0)),
)
TABLES = (("Right answers", RIGHT, "accuracy"), ("Out of scope", REJECTION, "auroc"), ("Cost", COST, "accuracy"))


def show(record: Record) -> None:
    """Print all tables and what was skipped."""
    console = Console()
    console.width = max(console.width, _WIDTH)
    for title, columns, needs in TABLES:
        rows = _rows(record, columns, needs)
        if rows:
            table = Table("split", "system", *(name for name, _ in columns), title=title)
            for row in rows:
                table.add_row(*row)
            console.print(table)
    for name, reason in record.skipped.items():
        console.print(f"Skipped: {name}: {reason}", markup=False)


def markdown(record: Record) -> str:
    """The same tables in Markdown."""
    lines: list[str] = []
    for title, columns, needs in TABLES:
        rows = _rows(record, columns, needs)
        if rows:
            heads = ["split", "system", *(name for name, _ in columns)]
            lines += [f"## {title}", "", _row(heads), _row(["---"] * len(heads)), *map(_row, rows), ""]
    return "\n".join([*lines, *(f"Skipped: {name}: {reason}" for name, reason in record.skipped.items())])


def by_split(record: Record) -> dict[str, dict[str, Any]]:
    """`{split: {system: cell}}`, systems in their usual order, splits in that of their names."""
    names = sorted({name.split("/", 1)[1] for name in record.cells})
    return {split: {system.name: record.cells[f"{system.name}/{split}"] for system in SYSTEMS
                    if f"{system.name}/{split}" in record.cells} for split in names}


def _rows(record: Record, columns: tuple[Column, ...], needs: str) -> list[list[str]]:
    return [[split, system, *(show_one(cell) for _, show_one in columns)]
            for split, cells in by_split(record).items()
            for system, cell in cells.items() if needs in cell["figures"]]


def _row(values: list[str]) -> str:
    return "| " + " | ".join(values) + " |"
