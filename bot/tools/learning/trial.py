"""Trains a candidate with a patch, and compares it with the active model on every question of the test sets."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.evaluation_sets import question_sets, read_questions
from bot.adapters.model_store import Models, Trained
from bot.core.errors import KilatError
from bot.rasa_ext.parser import open_parser
from bot.services.evaluation import Evaluation, Figures, Outcome, Question, Score, evaluate, losses
from bot.settings import ROOT, Settings
from bot.tools import training
from bot.tools.learning.patch import apply
from bot.tools.training.model_fingerprint import FILES


@dataclass(frozen=True)
class Comparison:
    """Two models on one test set."""

    name: str
    before: Evaluation  # of the model that serves
    now: Evaluation  # of the candidate

    @property
    def mended(self) -> list[tuple[Outcome, Outcome]]:
        """(before, now) of the questions that were wrong and are right."""
        return [(old, new) for old, new in self._pairs if new.is_right and not old.is_right]

    @property
    def broken(self) -> list[tuple[Outcome, Outcome]]:
        """(before, now) of the questions that were right and are wrong."""
        return [(old, new) for old, new in self._pairs if old.is_right and not new.is_right]

    @property
    def _pairs(self) -> Iterator[tuple[Outcome, Outcome]]:
        return zip(self.before.outcomes, self.now.outcomes, strict=True)


def try_patch(settings: Settings, patch: Path) -> tuple[Trained, list[Comparison]]:
    """Train a candidate of the tree with `patch`, and compare it. The tree and the active model stay as they are."""
    models, sets = Models(settings.models), read_sets(ROOT)
    active = models.active_archive()
    with TemporaryDirectory(prefix="kilat-learn-") as folder:
        tree = copy_tree(ROOT, Path(folder).resolve())
        apply(patch, tree)
        candidate = training.train(settings, candidate=True, tree=tree)
    compared = compare(active, models.archive(candidate.version), sets)
    models.note(candidate.version, {one.name: one.now.figures.as_json() for one in compared})
    return candidate, compared


def read_sets(tree: Path) -> dict[str, list[Question]]:
    """The test sets of a tree, by name; `KilatError` without any, as in an installed copy."""
    sets = {name: read_questions(path, tree / "data") for name, path in question_sets(tree).items() if path.exists()}
    if not sets:
        raise KilatError(f"{tree / 'tests'} holds no questions: nothing could be compared. Try it in a checkout.")
    return sets


def copy_tree(source: Path, target: Path) -> Path:
    """Copy a tree to train a model of it: data and configuration are copied, the code is linked."""
    shutil.copytree(source / "data", target / "data")
    for name in FILES:
        shutil.copy(source / name, target / name)
    (target / "bot").symlink_to(source / "bot")
    return target


def compare(active: Path, candidate: Path, sets: dict[str, list[Question]]) -> list[Comparison]:
    """Ask both packed models all questions."""
    parsers = [open_parser(model) for model in (active, candidate)]
    return [Comparison(name, *(evaluate(parse, questions) for parse in parsers)) for name, questions in sets.items()]


def table(compared: Sequence[Comparison]) -> Iterator[str]:
    """The changes as lines for a terminal."""
    for one in compared:
        old, new = one.before.figures, one.now.figures
        yield f"{one.name}: {_change(old.total, new.total)}; {len(one.mended)} mended, {len(one.broken)} broken"
        yield from (f"  {name:<22}{_change(was, now)}" for name, was, now in _cells(old, new) if was != now)
        yield from (f"  beyond noise: {loss.name} lost (by chance {loss.chance:.1%})" for loss in losses(old, new))
        for sign, pairs in (("+", one.mended), ("-", one.broken)):
            yield from (f"  {sign} {new.question.say}  [{old.intent} -> {new.intent}; "
                        f"right: {', '.join(new.question.intents)}]" for old, new in pairs)


def _cells(old: Figures, new: Figures) -> Iterator[tuple[str, Score, Score]]:
    for group in ("languages", "topics_by_language", "declined"):
        was, now = getattr(old, group), getattr(new, group)
        yield from ((name if group != "declined" else f"declined, {name}", was[name], now[name]) for name in was)


def _change(was: Score, now: Score) -> str:
    return f"{was.percent:5.1f}% -> {now.percent:5.1f}%  ({was.right} -> {now.right} of {now.asked})"
