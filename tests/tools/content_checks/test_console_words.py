"""Words of the agents' pages that differ between the languages are found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.services.insights import COLUMNS
from bot.settings import ROOT
from bot.tools.content_checks.console_words import check
from bot.web.console.insights import CHARTS
from bot.web.console.page_templates import Pages


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the real words, to break."""
    shutil.copytree(ROOT / "data" / "console", tmp_path / "console")
    return tmp_path


@pytest.mark.parametrize(("file", "old", "new", "told"), [
    ("en", 'enter: "Sign in"', 'enters: "Sign in"', "login.enter is missing in en.yml"),
    ("en", 'enter: "Sign in"', 'enters: "Sign in"', "login.enters is missing in id.yml"),
    ("id", "{minutes}", "{menit}", "login.problems.later lacks {minutes}"),
    ("en", '"Password"', '"Pass  word"', "two spaces"),
    ("en", '"Password"', '""', "login.password is empty"),
])
def test_a_slip_is_found(data: Path, file: str, old: str, new: str, told: str) -> None:
    """With the file and the line."""
    path = data / "console" / f"{file}.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert any(told in problem and "/console/" in problem for problem in check(data))


def test_the_real_words() -> None:
    """Agree, and name every column and chart."""
    assert list(check(ROOT / "data")) == []
    for lang in ("id", "en"):
        words = Pages(ROOT / "data").words(lang)["insights"]
        assert set(words["columns"]) == set(COLUMNS)
        assert set(words["charts"]) == set(CHARTS)
