"""A tree to train whose content is a name; Rasa's own part is played by a file, and no bot runs."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.model_store import Models
from bot.adapters.port_check import free_port
from bot.settings import ROOT, Settings
from bot.tools.training import activation, model_fingerprint, run
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


def untrained_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
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
