"""Scenario files: what is read of them, and how each mistake is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.settings import ROOT
from bot.tools.scenarios.reader import read, read_all, typed
from bot.tools.scenarios.scenario import REST, WIDGET, Step

HEAD = "scenarios:\n- name: first\n  turns:\n  - {user: halo}\n"


def _written(folder: Path, text: str, name: str = "a.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_ours() -> None:
    """Every file can be read, and people take part in those of their folder."""
    assert all(scenario.steps for scenario in read_all([ROOT / "tests" / "dialogue"]))
    assert all(any(step.agent for step in scenario.steps) for scenario in read_all([ROOT / "tests" / "handoff"]))


def test_all_that_a_file_says(tmp_path: Path) -> None:
    """One pattern or a list; what belongs to the file is that of each scenario, unless it says otherwise."""
    path = _written(tmp_path, """
channel: rest
scenarios:
- name: one
  as: premier:admin:business
  lang: en
  never: psst
  turns:
  - user: 1
    has: [a, 2]
    lacks: b
    lang: id
    route: community
- name: two
  channel: widget
  known_gap: later
  turns:
  - form: {subject: x, priority: p1}
  - agent: say hai
    by: Budi
    visitor sees: hai
    agent sees: [x, y]
""")
    one, two = read(path)
    assert (one.customer, one.lang, one.channel, one.never) == ("premier:admin:business", "en", REST, ("psst",))
    assert one.steps[0].words == "1" and one.steps[0].line == 9 and one.at(one.steps[0]) == f"{path}:9"
    expected = one.steps[0].expected
    assert (expected.has, expected.lacks, expected.lang, expected.route) == (("a", "2"), ("b",), "id", "community")
    assert (two.channel, two.known_gap, two.lang) == (WIDGET, "later", "id")
    assert two.steps[0].form == (("subject", "x"), ("priority", "p1"))
    assert (two.steps[1].agent, two.steps[1].verb, two.steps[1].words) == ("Budi", "say", "hai")
    assert two.steps[1].expected.has == ("hai",) and two.steps[1].expected.agent_sees == ("x", "y")


@pytest.mark.parametrize(
    ("turn", "wrong"),
    [
        ("{user: a, agent: take}", "one of `user`, `form` and `agent`"),
        ("{visitor sees: a}", "one of `user`, `form` and `agent`"), ("{usr: a}", "there is no `usr`"),
        ("{agent: fly}", "can't 'fly'"), ("{agent: say}", "can't 'say'"), ("{agent: take it}", "can't 'take it'"),
        ("{agent: take, bye: x}", "there is no `bye`"), ("{user: a, hass: b}", "there is no `hass`"),
        ("{user: a, has: '('}", "no regular expression"), ("{user: a, has: ''}", "a regular expression is expected"),
        ("{user: a, has: {b: c}}", "a text is expected"), ("{user: a, lang: fr}", "'fr' is none of id, en"),
        ("{user: [a]}", "a text is expected"), ("halo", "a mapping is expected"),
        ("{form: a}", "a mapping is expected"),
    ],
)
def test_a_wrong_turn(tmp_path: Path, turn: str, wrong: str) -> None:
    """Told with the file and the line."""
    path = _written(tmp_path, f"{HEAD}  - {turn}\n")
    with pytest.raises(ConfigurationError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}:5: ") and wrong in str(error.value)


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("- name: a\n  turns: []\n", 1, "a mapping is expected"),
        ("scenario: []\n", 1, "there is no `scenario`"), ("channel: rest\n", 1, "`scenarios` is missing"),
        ("scenarios: x\n", 1, "a list is expected"), ("scenarios:\n- turns: [{user: a}]\n", 2, "`name` is missing"),
        ("scenarios:\n- name: a\n", 2, "`turns` is missing"), ("scenarios:\n- name: a\n  turns: []\n", 3, "no turn"),
        (f"{HEAD}  as: gold:admin:pro\n", 5, "PLAN:ROLE:TYPE"), (f"{HEAD}  lang: fr\n", 5, "'fr' is none of"),
        (f"{HEAD}  chanel: rest\n", 5, "there is no `chanel`"), (f"{HEAD}  channel: fax\n", 5, "'fax' is none of"),
        (f"{HEAD}  - agent: take\n  channel: rest\n", 5, "has no agents"),
        (f"{HEAD}- name: first\n  turns: [{{user: a}}]\n", 2, "twice"),
        ("scenarios:\n- name: 'a\n  turns: []\n", 2, "not valid YAML"), ("scenarios:\n\t- a\n", 2, "not valid YAML"),
        ("", 1, "empty"),
    ],
)
def test_a_wrong_file(tmp_path: Path, text: str, line: int, wrong: str) -> None:
    """Told with the file and the line."""
    path = _written(tmp_path, text)
    with pytest.raises(ConfigurationError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}:{line}: ") and wrong in str(error.value)


def test_a_file_that_there_is_not(tmp_path: Path) -> None:
    """Of either kind."""
    for name in ("a.yml", "a.txt"):
        with pytest.raises(ConfigurationError, match=re.escape(str(tmp_path / name))):
            read(tmp_path / name)


def test_a_plain_script(tmp_path: Path) -> None:
    """A message a line, agents too; comments and blank lines are no messages."""
    path = _written(tmp_path, "# Japan\nnomor Jepang?\n\n  # mehr\nbudi@agent> say halo\n", "a.txt")
    [scenario] = read(path)
    assert [(step.words, step.agent, step.line) for step in scenario.steps] == [
        ("nomor Jepang?", "", 2), ("halo", "Budi", 5)]
    wrong = _written(tmp_path, "halo\nagent> fly\n", "b.txt")
    with pytest.raises(ConfigurationError, match=re.escape(f"{wrong}:2: ")):
        read(wrong)


def test_what_is_typed() -> None:
    """An agent's line has a prefix, whatever surrounds it."""
    assert typed(" halo ") == Step("halo")
    assert typed("agent > take") == Step("", "Sari", "take")
    assert typed("Bayu@agent> say hai agent> x") == Step("hai agent> x", "Bayu", "say")


def test_nothing_to_play(tmp_path: Path) -> None:
    """One without a scenario is told: it goes well whatever happens. A file that is named twice is there once."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.yml").write_text("scenarios: []\n")
    (tmp_path / "a.txt").write_text("# nothing\n")
    for name in ("empty", "a.yml", "a.txt"):
        with pytest.raises(ConfigurationError, match=name):
            read_all([tmp_path / name])
    (tmp_path / "a.yml").write_text("scenarios:\n- name: one\n  turns: [{user: a}]\n")
    assert len(read_all([tmp_path / "a.yml", tmp_path, tmp_path / "empty" / ".." / "a.yml"])) == 1
