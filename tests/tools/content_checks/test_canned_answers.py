"""Canned answers: the check names what is wrong with them, and where; the real ones are right, and are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.canned_answers import PLACEHOLDERS, read_canned
from bot.languages import LANGUAGES
from bot.settings import ROOT
from bot.tools.content_checks.canned_answers import check

GOOD = """\
hello:
  title: "Greeting"
  text: "Hi {name}"
"""


def test_those_of_the_house() -> None:
    """All there, in every language, each with its placeholders filled."""
    canned = read_canned(ROOT / "data")
    assert len({answer.id for answer in canned}) == len(canned) >= 12
    assert all(set(answer.title) == set(answer.text) == set(LANGUAGES) for answer in canned)
    filled = [text.format_map(dict.fromkeys(PLACEHOLDERS, "x")) for answer in canned for text in answer.text.values()]
    assert not [text for text in filled if "{" in text]
    assert list(check(ROOT / "data")) == []


@pytest.mark.parametrize(("before", "after", "problem"), [
    ("Hi", "Hello", None),
    ("{name}", "{nmae}", "x.yml:3: hello.text: nobody fills in {nmae}."),
    ("  title:", "  titel: x\n  title:", "x.yml:2: hello.titel is no key here."),
    ('  text: "Hi {name}"\n', "", "x.yml:2: hello has no text. Add it."),
    ('  title: "Greeting"\n', "", "x.yml:2: hello has no title. Add it."),
])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong(tmp_path: Path, language: str, before: str, after: str, problem: str | None) -> None:
    """One line, with what to do."""
    folder = tmp_path / "locales" / language / "canned"
    folder.mkdir(parents=True)
    assert before in GOOD
    (folder / "x.yml").write_text(GOOD.replace(before, after))
    found = [line.removeprefix(f"{folder}/") for line in check(tmp_path)]
    assert [line for line in found if problem and line.startswith(problem)] or (found == [] and problem is None)
