"""When a model is trained anew: whatever it is made of has changed, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot import training
from bot.settings import ROOT
from bot.training import is_trained

MADE_OF = ["config.yml", "domain.yml", "uv.lock", "data/nlu/phone.yml", "data/stories/phone.yml",
           "data/responses/phone.yml", "data/vocabulary/country.yml", "bot/rasa_ext/classifier.py",
           "bot/rasa_ext/vocabulary.py"]
SERVING = ["bot/rasa_ext/channel.py", "bot/rasa_ext/gateway.py", "bot/rasa_ext/remote_action.py",
           "bot/rasa_ext/trackers.py", "data/phrases/id.yml", "bot/serve.py", "credentials.yml"]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tree with a model of it."""
    for name in [*MADE_OF, *SERVING]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(training, "ROOT", tmp_path)
    monkeypatch.setattr(training, "MODEL", tmp_path / "kilat.tar.gz")
    monkeypatch.setattr(training, "_FINGERPRINT", tmp_path / "kilat.fingerprint")
    (tmp_path / "kilat.tar.gz").touch()
    (tmp_path / "kilat.fingerprint").write_text(training._fingerprint())
    return tmp_path


def _change(path: Path) -> None:
    path.write_text(path.read_text() + "\n")


@pytest.mark.parametrize("name", MADE_OF)
def test_what_a_model_is_made_of(tree: Path, name: str) -> None:
    """A change in it asks for training."""
    assert is_trained()
    _change(tree / name)
    assert not is_trained()


@pytest.mark.parametrize("name", SERVING)
def test_what_only_serves_it(tree: Path, name: str) -> None:
    """A change in it does not."""
    _change(tree / name)
    assert is_trained()


def test_a_new_file_counts(tree: Path) -> None:
    """And so does one that is gone."""
    (tree / "data" / "nlu" / "new.yml").touch()
    assert not is_trained()


def test_without_a_model(tree: Path) -> None:
    """The fingerprint alone is none."""
    (tree / "kilat.tar.gz").unlink()
    assert not is_trained()
