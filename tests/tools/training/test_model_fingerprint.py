"""When a model is trained anew: whatever it is made of has changed, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.tools.training.model_fingerprint import commit, examples, fingerprint

MADE_OF = ["config.yml", "domain.yml", "uv.lock", "data/languages.yml", "data/nlu/phone.yml", "data/stories/rules.yml",
           "data/vocabulary/country.yml", "bot/rasa_ext/classifier.py",
           "bot/rasa_ext/vocabulary.py", "bot/rasa_ext/training_importer.py"]
# What people read, and the words that show a question's shape: `docs/models.md` promises that they need no training.
WORDS = ("data/locales", "data/patterns")
SERVING = [
    "bot/rasa_ext/rest_channel.py",
    "bot/rasa_ext/gateway_channel.py",
    "bot/rasa_ext/parser.py",
    "bot/rasa_ext/remote_action.py",
    "bot/rasa_ext/hot_swap.py",
    "bot/rasa_ext/tracker_store.py",
    "data/locales/id/phrases.yml",
    "data/locales/id/responses/phone.yml",
    "data/patterns/commands.yml",
    "data/knowledge/phone_lines.yml",
    "data/topics.yml",
    "data/test_stories.yml",
    "bot/serve.py",
    "credentials.yml",
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of a part of the tree."""
    for name in [*MADE_OF, *SERVING]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def _change(path: Path) -> None:
    path.write_text(path.read_text() + "\n")


@pytest.mark.parametrize("name", MADE_OF)
def test_what_a_model_is_made_of(tree: Path, name: str) -> None:
    """A change in it makes another model."""
    before = fingerprint(tree)
    assert fingerprint(tree) == before
    _change(tree / name)
    assert fingerprint(tree) != before


@pytest.mark.parametrize("name", SERVING)
def test_what_only_serves_it(tree: Path, name: str) -> None:
    """A change in it does not."""
    before = fingerprint(tree)
    _change(tree / name)
    assert fingerprint(tree) == before


@pytest.mark.parametrize("folder", WORDS)
def test_words_alone_need_no_training(tmp_path: Path, folder: str) -> None:
    """Whatever is changed, added or taken away among them; an example needs it."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    for name in ("config.yml", "domain.yml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path)
    before, files = fingerprint(tmp_path), sorted((tmp_path / folder).rglob("*.yml"))
    for file in files:
        _change(file)
        file.with_name(f"more_{file.name}").touch()
    files[0].unlink()
    assert len(files) > 3 and fingerprint(tmp_path) == before
    _change(tmp_path / "data" / "nlu" / "phone.yml")
    assert fingerprint(tmp_path) != before


def test_a_new_file_counts(tree: Path) -> None:
    """And so does one that is gone, and one that has another name."""
    before, new = fingerprint(tree), tree / "data" / "nlu" / "new.yml"
    new.touch()
    with_new = fingerprint(tree)
    new.rename(new.with_name("newer.yml"))
    assert len({before, with_new, fingerprint(tree)}) == 3
    new.with_name("newer.yml").unlink()
    assert fingerprint(tree) == before


def test_the_same_tree_elsewhere(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Is made into the same model: a candidate from a copy is the model of the tree that becomes like it."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "tree"
    shutil.copytree(tree, elsewhere)
    assert fingerprint(elsewhere) == fingerprint(tree)


def test_the_examples_are_counted(tmp_path: Path) -> None:
    """By intent, over all files; synonyms and the like are none."""
    (tmp_path / "data" / "nlu" / "es").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "greet.yml").write_text(
        "nlu:\n- intent: greet\n  examples: |\n    - halo\n    - hai - hai\n- synonym: x\n  examples: |\n    - y\n")
    (tmp_path / "data" / "nlu" / "es" / "greet.yml").write_text(
        "nlu:\n- intent: greet\n  examples: |\n    - hola\n- intent: thank\n  examples: |\n    - gracias\n")
    assert examples(tmp_path) == {"greet": 3, "thank": 1}


def test_the_commit(tmp_path: Path) -> None:
    """Says so when the tree is not what was committed; there is none outside git."""
    assert commit(tmp_path) is None
    for command in ("init -q", "config user.email x@example.com", "config user.name x",
                    "commit -q --allow-empty -m first"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    (tmp_path / "file").write_text("one")
    subprocess.run(["git", "add", "file"], cwd=tmp_path, check=True)
    assert (commit(tmp_path) or "").endswith("-dirty")
    subprocess.run(["git", "commit", "-q", "-m", "second"], cwd=tmp_path, check=True)
    clean = commit(tmp_path)
    assert clean and len(clean) >= 7 and "-" not in clean
