"""When training happens, and which model serves afterwards; Rasa's own part is played by a file."""

from __future__ import annotations

import io
import os
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.model_store import Active, ModelError, Models
from bot.adapters.port_check import free_port
from bot.settings import ROOT, Settings
from bot.tools.training import activate, activation, model_fingerprint, roll_back, run
from bot.tools.training.run import TrainingFailed, train


class Tree:
    """What the tree holds, as a name; how often it was trained."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.models = settings, Models(settings.models)
        self.holds = "one"
        self.trainings = 0

    def rasa(self, _tree: Path, folder: Path) -> None:
        """Leave an archive, as Rasa does; `TrainingFailed` for a broken tree."""
        if self.holds == "broken":
            raise TrainingFailed("training failed")
        self.trainings += 1
        with tarfile.open(folder / "kilat.tar.gz", "w:gz") as archive:
            archive.addfile(tarfile.TarInfo("metadata.json"), io.BytesIO())

    def fingerprint(self, _tree: Path = ROOT) -> str:
        """Of what it holds."""
        return self.holds.ljust(64, "0")

    def train(self, *, if_needed: bool = True, candidate: bool = False) -> str:
        """The version that came of it."""
        return train(self.settings, only_if_needed=if_needed, candidate=candidate).version

    @property
    def active(self) -> str:
        """The active version."""
        active = self.models.active()
        assert active is not None
        return active.version


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Without a model yet, and without a running bot."""
    settings = Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path), "KILAT_MODELS_DIR": str(tmp_path / "m")})
    tree = Tree(replace(settings, rasa_port=free_port()))
    for module in (run, activation, model_fingerprint):
        monkeypatch.setattr(module, "fingerprint", tree.fingerprint)
    seconds = iter(range(100))
    monkeypatch.setattr(run, "_rasa_train", tree.rasa)
    monkeypatch.setattr(run, "build_encoder", lambda: None)
    monkeypatch.setattr(run, "encoder_folder", Path)
    monkeypatch.setattr(run, "_now", lambda real=run._now: real().replace(year=2030, second=0, minute=next(seconds)))
    return tree


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
    assert roll_back(tree.settings) == (one, False)
    assert tree.train() == one == tree.active and tree.trainings == 2
    assert f"{one} serves by choice" in capsys.readouterr().out
    tree.holds = "three"
    assert tree.train() == tree.active and tree.trainings == 3
    tree.holds = "two"
    assert tree.train() == two


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
    assert activate(tree.settings, two) is False
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
