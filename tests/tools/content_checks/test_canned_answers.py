"""Canned answers: the check names what is wrong with them, and where; the real ones are right, and are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.canned_answers import PLACEHOLDERS, read_canned
from bot.core.errors import ConfigurationError
from bot.languages import LANGUAGES
from bot.settings import ROOT
from bot.tools.content_checks.canned_answers import check

GOOD = """\
- id: hello
  title: {id: Salam, en: Greeting}
  text: {id: "Halo {name}", en: "Hi {name}"}
"""


def problems(folder: Path, text: str) -> list[str]:
    """What the check says of a file."""
    (folder / "canned").mkdir()
    (folder / "canned" / "x.yml").write_text(text)
    return [line.removeprefix(f"{folder}/canned/") for line in check(folder)]


def test_those_of_the_house() -> None:
    """All there, in both languages, each under a name of its own."""
    canned = read_canned(ROOT / "data")
    assert len({answer.id for answer in canned}) == len(canned) >= 12
    assert all(set(answer.title) == set(answer.text) == set(LANGUAGES) for answer in canned)
    filled = [text.format_map(dict.fromkeys(PLACEHOLDERS, "x")) for answer in canned for text in answer.text.values()]
    assert not [text for text in filled if "{" in text]
    assert list(check(ROOT / "data")) == []


@pytest.mark.parametrize(("before", "after", "problem"), [
    ("", "", None),
    (', en: "Hi {name}"', "", "x.yml:3: hello.text lacks the language en. Add it."),
    ("Hi {name}", "Hi {nmae}", "x.yml:3: hello.text: nobody fills in {nmae}."),
    ("Hi {name}", "Hi", "x.yml:3: hello.text lacks {name}, which the other language has."),
    ("Greeting}", "Greeting, de: Gruß}", "x.yml:2: hello.title: de is no language here."),
    ("Salam", '""', "x.yml:2: hello.title.id is empty."),
    ("  title:", "  titel: x\n  title:", "x.yml:2: hello: titel is no key here."),
])
def test_what_is_wrong(tmp_path: Path, before: str, after: str, problem: str | None) -> None:
    """One line, with what to do."""
    found = problems(tmp_path, GOOD.replace(before, after) if before else GOOD)
    if problem is None:
        assert found == []
    else:
        assert any(line.startswith(problem) for line in found)


def test_a_name_that_stands_twice(tmp_path: Path) -> None:
    """In one file or in two."""
    assert "stands in" in problems(tmp_path, GOOD + GOOD)[0]


def test_a_missing_part(tmp_path: Path) -> None:
    """Where, and what."""
    with pytest.raises(ConfigurationError, match=r"x\.yml:1: `text` is missing"):
        problems(tmp_path, "- id: hello\n  title: {id: x, en: x}\n")
