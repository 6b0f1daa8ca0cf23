"""What Rasa is told of the intents follows from `data/topics.yml`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.settings import ROOT
from bot.tools.training.rasa_files import RULES, write_rasa_files

TOPIC = "test_intent:\n  file: phone\n  about: Whether support has a fax.\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the three files."""
    for name in ("domain.yml", "data/topics.yml", RULES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def _written(tree: Path) -> list[str]:
    write_rasa_files(tree)
    return [(tree / name).read_text() for name in ("domain.yml", RULES)]


def test_what_is_in_version_control_is_up_to_date(tree: Path) -> None:
    """Written again, nothing changes; the files are not even touched, for a tree may be read-only."""
    for name in ("domain.yml", RULES):
        os.utime(tree / name, (1, 1))
    assert _written(tree) == [(ROOT / name).read_text() for name in ("domain.yml", RULES)]
    assert {(tree / name).stat().st_mtime for name in ("domain.yml", RULES)} == {1}


def test_a_new_intent(tree: Path) -> None:
    """Stands in both, and nothing else changes; taken back, all is as before."""
    before, topics = _written(tree), tree / "data" / "topics.yml"
    known = topics.read_text()
    topics.write_text(known + TOPIC)
    domain, rules = _written(tree)
    assert [domain.replace("  - test_intent\n", ""), rules.replace("      - intent: test_intent\n", "")] == before
    assert (domain.count("test_intent"), rules.count("test_intent")) == (1, 1)
    topics.write_text(known)
    assert _written(tree) == before


def test_a_missing_rule_is_written(tree: Path) -> None:
    """From nothing."""
    before = _written(tree)
    (tree / RULES).unlink()
    assert _written(tree) == before


def test_a_domain_without_intents(tree: Path) -> None:
    """Is told, and nothing is written."""
    (tree / "domain.yml").write_text('version: "3.1"\n')
    with pytest.raises(ConfigurationError, match=r"domain\.yml:1: `intents:` with its list is missing"):
        write_rasa_files(tree)
