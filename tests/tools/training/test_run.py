"""When training happens, and which model serves afterwards; Rasa's own part is played by a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from training_tree import Tree, untrained_tree

from bot.adapters.model_store import Active, ModelError
from bot.settings import ROOT
from bot.tools.training import activate, model_fingerprint, roll_back
from bot.tools.training.activation import Activated
from bot.tools.training.run import TrainingFailed


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Without a model yet, and without a running bot."""
    return untrained_tree(tmp_path, monkeypatch)


def test_training_makes_a_version_that_serves(tree: Tree) -> None:
    """And its record tells what it is made of."""
    version = tree.train()
    assert tree.active == version and version.endswith("-one00000")
    model = tree.models.get(version)
    assert (model.fingerprint, model.encoder) == (tree.fingerprint(), True)
    assert model.examples > 1000 and 50 <= model.intents <= 100 and model.trained.startswith("2030-")
    assert not list(tree.settings.models.glob(".training-*"))


def test_only_if_needed(tree: Tree) -> None:
    """Not twice for the same tree; again when asked to plainly, or when the tree has changed."""
    assert tree.train() == tree.train() and tree.trainings == 1
    again = tree.train(if_needed=False)
    assert tree.trainings == 2 and tree.active == again
    tree.holds = "two"
    tree.train()
    assert tree.trainings == 3 and tree.active.endswith("-two00000")


def test_a_tree_of_earlier(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    """Has its model still: it serves again, untrained, and this is told."""
    one = tree.train()
    tree.holds = "two"
    tree.train()
    tree.holds = "one"
    assert tree.train() == one == tree.active and tree.trainings == 2
    assert f"{one} is made of the present tree" in capsys.readouterr().out


def test_a_roll_back_holds(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    """`serve` and `test` keep it, and say so, until the tree changes or somebody trains."""
    one = tree.train()
    tree.holds = "two"
    two = tree.train()
    assert roll_back(tree.settings) == Activated(one, None)
    assert tree.train() == one == tree.active and tree.trainings == 2
    assert f"{one} serves by choice" in capsys.readouterr().out
    tree.holds = "three"
    assert tree.train() == tree.active and tree.trainings == 3
    tree.holds = "two"
    assert tree.train() == two


def test_a_model_of_rasa_train_is_a_choice(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    """It holds like one, and it is told that nobody knows what it is made of; trainings don't delete it."""
    tree.train()
    tree.rasa(ROOT, tree.settings.models)
    assert activate(tree.settings, "kilat") == Activated("kilat", None)
    assert tree.train() == "kilat" and "kilat serves by choice; `rasa train` made it" in capsys.readouterr().out
    for _ in range(7):
        tree.train(if_needed=False)
    assert tree.models.archive("kilat").exists() and len(tree.models.all()) == 6


def test_training_ends_a_roll_back(tree: Tree) -> None:
    """Who trains wants what is trained."""
    tree.train()
    tree.holds = "two"
    tree.train()
    roll_back(tree.settings)
    assert tree.train(if_needed=False) == tree.active and tree.active.endswith("-two00000")


def test_a_candidate_does_not_serve(tree: Tree) -> None:
    """Not even at the next start, until it is activated or the tree changes and changes back."""
    one = tree.train()
    tree.holds = "two"
    two = tree.train(candidate=True)
    assert tree.active == one and tree.train() == one
    assert activate(tree.settings, two) == Activated(two, None)
    assert tree.active == two == tree.train() and tree.trainings == 2


def test_the_first_is_a_candidate(tree: Tree) -> None:
    """Nothing serves yet; the next start takes it."""
    candidate = tree.train(candidate=True)
    assert tree.models.active() is None
    assert tree.train() == candidate == tree.active and tree.trainings == 1


def test_a_failed_training(tree: Tree) -> None:
    """Leaves what serves, and nothing else."""
    one = tree.train()
    tree.holds = "broken"
    with pytest.raises(TrainingFailed):
        tree.train()
    assert tree.active == one and len(tree.models.all()) == 1
    assert not list(tree.settings.models.glob(".training-*"))


def test_what_a_killed_training_left(tree: Tree) -> None:
    """Goes with a later training, but not while it may still be running."""
    stale, fresh = (tree.settings.models / name for name in (".training-stale", ".training-fresh"))
    for left in (stale, fresh):
        left.mkdir(parents=True)
        (left / "kilat.tar.gz").touch()
    os.utime(stale, (0, 0))
    tree.train()
    assert fresh.exists() and not stale.exists()


def test_old_versions_go(tree: Tree) -> None:
    """With the sixth; what serves and what served before stay, however old."""
    first = tree.train()
    versions = [tree.train(if_needed=False, candidate=True) for _ in range(7)]
    assert [model.version for model in tree.models.all()] == [*reversed(versions[-5:]), first]
    assert tree.active == first


def test_a_damaged_archive_is_not_activated(tree: Tree) -> None:
    """It is said before anything changes, and so for a roll-back."""
    one = tree.train()
    tree.holds = "two"
    two = tree.train()
    tree.models.archive(one).write_bytes(b"")
    for attempt in (lambda: activate(tree.settings, one), lambda: roll_back(tree.settings)):
        with pytest.raises(ModelError, match="damaged"):
            attempt()
    assert tree.models.active() == Active(two, tree.fingerprint(), (one,))


def test_is_trained(tree: Tree) -> None:
    """Means: what serves is made of the tree."""
    assert not model_fingerprint.is_trained(tree.settings)
    tree.train()
    assert model_fingerprint.is_trained(tree.settings)
    tree.holds = "two"
    assert not model_fingerprint.is_trained(tree.settings)
    tree.train()
    roll_back(tree.settings)
    assert not model_fingerprint.is_trained(tree.settings)
