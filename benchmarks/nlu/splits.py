"""The data: one split a folder, with `train.tsv`, `test.tsv` and perhaps `valid.tsv` and `oos_*.tsv`.

Each line is `label<TAB>text`. The `oos` files hold out-of-scope lines: label `id` near the domain, others far from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lingua import Language, LanguageDetectorBuilder

OUT_OF_SCOPE = "out_of_scope"
NEAR = "id"


class Line(NamedTuple):
    """A text and its label."""

    label: str
    text: str


@dataclass(frozen=True)
class Split:
    """The lines of one folder; without a file, no lines. `digest` changes when any of them does."""

    name: str
    train: list[Line]
    valid: list[Line]
    test: list[Line]
    oos_valid: list[Line]
    oos_test: list[Line]
    digest: str

    @property
    def language(self) -> str:
        """`id` or `en`, what most test lines are in: NLP.js wants to be told, nobody else does."""
        detector = LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.INDONESIAN).build()
        english = sum(detector.detect_language_of(line.text) == Language.ENGLISH for line in self.test)
        return "en" if 2 * english > len(self.test) else "id"


def read_splits(folder: Path, names: Collection[str] = (), *, oos_class: bool = False) -> list[Split]:
    """Every split under `folder` (or those in `names`), the smallest first.

    With `oos_class`, `oos_train.tsv` becomes a class `out_of_scope` of the training lines, and the name ends in "+oos";
    splits without that file are left out then.
    """
    folders = [path.parent for path in folder.glob("*/train.tsv") if not names or path.parent.name in names]
    if oos_class:
        folders = [path for path in folders if (path / "oos_train.tsv").exists()]
    return sorted((_read_split(path, oos_class) for path in folders), key=lambda split: len(split.train))


def _read_split(folder: Path, oos_class: bool) -> Split:
    lines = {name: _read(folder / f"{name}.tsv") for name in ("train", "valid", "test", "oos_valid", "oos_test")}
    if oos_class:
        lines["train"] += [Line(OUT_OF_SCOPE, line.text) for line in _read(folder / "oos_train.tsv")]
    digest = hashlib.sha256(repr(sorted(lines.items())).encode()).hexdigest()[:16]
    return Split(name=folder.name + "+oos" * oos_class, digest=digest, **lines)


def _read(path: Path) -> list[Line]:
    if not path.exists():
        return []
    rows = [line.split("\t", 1) for line in path.read_text("utf-8").split("\n") if line.strip()]
    return [Line(label, " ".join(text.split())) for label, text in rows]
