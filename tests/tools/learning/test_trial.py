"""A candidate beside the active model, with Rasa's part played by a stand-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from learning_samples import asked

from bot.adapters.model_store import Models, Trained
from bot.core.errors import KilatError
from bot.services.evaluation import Question
from bot.settings import ROOT, Settings
from bot.tools import training
from bot.tools.learning import trial
from bot.tools.learning.patch import apply, read_blocks, write_patch
from bot.tools.learning.proposals import Kind, Proposal
from bot.tools.training.model_fingerprint import fingerprint

QUESTIONS = [Question("satu", "id", "chat", ("greet",), "smalltalk"),
             Question("dua", "id", "chat", ("greet",), "smalltalk"),
             Question("three", "en", "chat", ("thank",), "smalltalk")]
ANSWERS = {"old": {"satu": "greet", "dua": "thank", "three": "thank"},
           "new": {"satu": "thank", "dua": "greet", "three": "thank"}}


def parser(model: Path) -> Callable[[str], tuple[str, float]]:
    """Answers by the name of the model."""
    return lambda text: (ANSWERS[model.name.removesuffix(".tar.gz")][text], 0.9)


def new_line(tree: Path) -> str:
    """A patch of the real data that adds one line to phone_number."""
    one = asked("kalimat yang belum ada")
    found = Proposal(1, Kind.EXTEND, (one,), "phone_number", (), 1.0, (one,))
    return write_patch(read_blocks(tree / "data"), [found], frozenset([one.text]), tree)


def test_each_question_that_changed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mended and broken, by set, language and topic; what did not change is left out."""
    monkeypatch.setattr(trial, "open_parser", parser)
    compared = trial.compare(Path("old.tar.gz"), Path("new.tar.gz"), {"questions": QUESTIONS})
    assert [new.question.say for _, new in compared[0].mended] == ["dua"]
    assert [new.question.say for _, new in compared[0].broken] == ["satu"]
    told = "\n".join(trial.table(compared))
    assert "questions:  66.7% ->  66.7%  (2 -> 2 of 3); 1 mended, 1 broken" in told
    assert "+ dua  [thank -> greet; right: greet]" in told and "- satu  [greet -> thank; right: greet]" in told
    assert "smalltalk/id" not in told and "three" not in told


def test_a_loss_beyond_noise_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty right answers gone are no chance."""
    many = [replace(QUESTIONS[0], say=f"q{number}") for number in range(40)]
    monkeypatch.setattr(trial, "open_parser", lambda model: lambda _text: (model.name, 1.0))
    told = list(trial.table(trial.compare(Path("greet"), Path("thank"), {"unseen": many})))
    assert told[0].startswith("unseen: 100.0% ->   0.0%")
    assert any("beyond noise: smalltalk/id" in line for line in told)


def test_the_candidate_is_what_the_tree_would_be(tmp_path: Path) -> None:
    """A copy has the tree's fingerprint; with the patch, that which the tree has once the patch is taken."""
    copy = trial.copy_tree(ROOT, tmp_path)
    assert fingerprint(copy) == fingerprint(ROOT)
    patch = tmp_path / "learn.patch"
    patch.write_text(new_line(ROOT))
    apply(patch, copy)
    assert fingerprint(copy) != fingerprint(ROOT)
    assert "kalimat yang belum ada" in (copy / "data/nlu/phone.yml").read_text()
    assert "kalimat yang belum ada" not in (ROOT / "data/nlu/phone.yml").read_text()


def test_a_trial_changes_nothing_but_the_list_of_models(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The candidate is trained on a patched copy; its figures are kept; the active model stays."""
    settings = replace(settings, models=tmp_path / "models")
    models, trees = Models(settings.models), []
    old = Trained("old", "f" * 64, "2026-11-24T09:00:00+00:00", 60.0, None, True, 10, 2)

    def train(_settings: Settings, *, candidate: bool, tree: Path) -> Trained:
        assert candidate
        trees.append((tree / "data/nlu/phone.yml").read_text())
        return keep(replace(old, version="new"))

    def keep(model: Trained) -> Trained:
        archive = tmp_path / "archive"
        archive.write_bytes(b"")
        settings.models.mkdir(exist_ok=True)
        models.add(archive, model)
        return model

    keep(old)
    models.activate("old", "t" * 64)
    patch = tmp_path / "learn.patch"
    patch.write_text(new_line(ROOT))
    monkeypatch.setattr(training, "train", train)
    monkeypatch.setattr(trial, "open_parser", parser)
    monkeypatch.setattr(trial, "read_sets", lambda _tree: {"questions": QUESTIONS})
    candidate, compared = trial.try_patch(settings, patch)
    assert candidate.version == "new" and "kalimat yang belum ada" in trees[0]
    assert models.get("new").figures["questions"]["total"] == [2, 3] == list(compared[0].now.figures.total)
    active = models.active()
    assert active is not None and active.version == "old"


def test_the_real_test_sets() -> None:
    """All that there are; without any, it is said."""
    assert trial.read_sets(ROOT).keys() == {"questions", "questions-es", "unseen", "holdout"}
    with pytest.raises(KilatError, match="checkout"):
        trial.read_sets(ROOT / "docs")
