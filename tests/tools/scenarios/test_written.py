"""What is written of scenarios: recorded ones, proposals, diffs, JUnit."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from textwrap import indent

import pytest

from bot.core.errors import ConfigurationError
from bot.tools.scenarios.junit import write_junit
from bot.tools.scenarios.player import Outcome, Played
from bot.tools.scenarios.proposals import proposed
from bot.tools.scenarios.reader import read
from bot.tools.scenarios.scenario import REST, WIDGET, Scenario, Step, command
from bot.tools.scenarios.sides import Line
from bot.tools.scenarios.updates import diff
from bot.tools.scenarios.writer import Seen, append

PHONE = "Japan: +81 120427732 (no extension)\nHave your host key ready."


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        (PHONE, [r"\+81 120427732"]), ("P1: dalam 1 jam\nP3: 24 jam\nSumber: x", ["P1.*1 jam", "P3.*24 jam"]),
        ("Here is who can call:\nOn Access: owners", ["On Access: owners"]),
        ("nomor kasus KLC-000001, posisi 1", [r"KLC-\d+"]), ("tiket KLT-000042 sudah jadi", [r"KLT-\d+"]),
        ("Yes, you (a licensed admin) can.\nSource: x", [r"Yes, you \(a licensed admin\) can\."]),
    ],
)
def test_what_is_proposed(text: str, patterns: list[str]) -> None:
    """The facts of an answer, or else how it begins; it is found in the text that it was made of."""
    assert list(proposed([Line("visitor", "P4"), Line("bot", text)])) == patterns
    assert all(re.search(pattern, text) for pattern in patterns)


def test_a_conversation_is_written_down(tmp_path: Path) -> None:
    """And read again as it was; a second one is added to the file."""
    path = tmp_path / "new" / "a.yml"
    steps = (Step("what's \"it\"? # no: 'comment'\n"), Step("", "Budi", "take"), command("say Halo: ya"),
             Step("", form=(("subject", "Audio"), ("priority", "p1"))))
    scenario = Scenario("one: two", steps, "premier:admin:business", "en", REST)
    seen = [Seen(steps[0], [Line("bot", PHONE)], "en", "community"), Seen(steps[1], [Line("system", "Budi")], "", None),
            Seen(steps[2], [Line("agent", "Halo: ya")], "", None), Seen(steps[3], [], "id", None)]
    append(path, Scenario("rest", steps[:1], "premier:admin:business", "en", REST), seen[:1])
    append(path, Scenario(scenario.name, steps), seen)
    first, again = read(path)
    assert (first.customer, first.lang, first.channel) == ("premier:admin:business", "en", REST)
    assert again.name == "one: two" and again.lang == "id"
    assert [(s.words.strip(), s.agent, s.verb, s.form) for s in again.steps] == [
        (s.words.strip(), s.agent, s.verb, s.form) for s in steps]
    expected = again.steps[0].expected
    assert (expected.has, expected.lang, expected.route) == ((r"\+81 120427732",), "en", "community")
    assert again.steps[2].expected.has == ("Halo: ya",) and again.steps[3].expected.lang is None
    with pytest.raises(ConfigurationError, match="already"):
        append(path, Scenario("rest", steps), seen)


SOURCE = """# Kept.
scenarios:
- name: one
  turns:
  - user: Japan?
    lang: id     # the reply
    has:
    - 'Korea'
    - 'Japan'
    lacks: ['host key', 'Rp']
  - user: bye
    route: community
    has: ['bye']
"""
RENEWED = """# Kept.
scenarios:
- name: one
  turns:
  - user: Japan?
    lang: en     # the reply
    has: [Japan, \\+81 120427732]
    lacks: [Rp]
  - user: bye
    route: sign_in
    has: ['bye']
"""


def _gone_wrong(path: Path) -> Outcome:
    [scenario] = read(path)
    first, second = scenario.steps
    return Outcome(scenario, (
        Played(first, (Line("bot", PHONE),), ("wrong",), "en", None),
        Played(second, (Line("bot", "bye"),), ("wrong",), "en", "sign_in")), (f"{path}:5: wrong", f"{path}:11: wrong"))


def test_new_expectations_as_a_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What held stays, comments elsewhere too; the diff can be applied."""
    monkeypatch.chdir(tmp_path)
    path = Path("a.yml")
    path.write_text(SOURCE)
    patch = diff([_gone_wrong(path)])
    assert path.read_text() == SOURCE, "a person applies it"
    subprocess.run(["git", "apply", "-"], input=patch, text=True, check=True)
    assert path.read_text() == RENEWED
    assert diff([Outcome(read(path)[0], (), ())]) == ""


@pytest.mark.parametrize(
    ("turn", "renewed"),
    [
        ("- {user: Japan,\n   has: Korea,\n   route: community}  # x", "- {user: Japan, has: [\\+81 120427732]}  # x"),
        ("- route: community\n  user: a", "- user: a"),
        ("- user: a\n  route: community  # why", "- user: a"),
        ("- has: Korea  # why\n  user: a", "- has: [\\+81 120427732]  # why\n  user: a"),
        ("- user: a\n  has: >-\n    Korea\n\n  # kept\n  lang: en",
         "- user: a\n  has: [\\+81 120427732]\n\n  # kept\n  lang: en"),
        ("- user: a\n  has: &it [Korea]", None),
        ("- user: a\n  has:\n  - 'Ko\n    rea'", "- user: a\n  has: [\\+81 120427732]"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_update_takes_the_expectation_alone(
    turn: str, renewed: str | None, end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However it is written; in a file with a byte order mark, without a last newline, and of any name."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a é.yml"

    def content(of_turn: str) -> bytes:
        return f"\ufeffscenarios:\n- name: é\n  turns:\n{indent(of_turn, '  ')}".replace("\n", end).encode()

    path.write_bytes(content(turn))
    [scenario] = read(path)
    played = Played(scenario.steps[0], (Line("bot", PHONE),), ("wrong",), "en", None)
    patch = diff([Outcome(scenario, (played,), ("wrong",))])
    if renewed is None:
        assert patch == ""
        return
    subprocess.run(["git", "apply", "-"], input=patch.encode(), check=True)
    # A turn that loses its last line ends with the newline before.
    assert path.read_bytes().removesuffix(end.encode()) == content(renewed)


def test_an_update_of_a_step_that_could_not_be_done(tmp_path: Path) -> None:
    """Nothing is known of it, so it stays."""
    path = tmp_path / "a.yml"
    path.write_text("scenarios:\n- name: one\n  turns:\n  - user: a\n    has: b\n")
    [scenario] = read(path)
    played = Played(scenario.steps[0], (), ("the gateway refuses it",), is_done=False)
    assert diff([Outcome(scenario, (played,), ("wrong",))]) == ""


def test_an_update_outside_of_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`git apply` takes no path that begins with a slash or leads upwards: it is one from `/`."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "a.yml").write_text(SOURCE)
    patch = diff([_gone_wrong(Path("../a.yml"))])
    subprocess.run(["git", "apply", "-"], input=patch, text=True, check=True, cwd="/")
    assert (tmp_path / "a.yml").read_text() == RENEWED


@pytest.mark.parametrize("said", [
    "What now? Say", "¿Desde qué país?", "?x", "[bold]x[/]", "a\x85b", "null", "- a: #b", "it's {x}"])
def test_any_words_can_be_saved(said: str, tmp_path: Path) -> None:
    """What is written is read again as it was."""
    path = tmp_path / "a.yml"
    append(path, Scenario(said, (Step(said),)), [Seen(Step(said), [Line("bot", said)], "en", None)])
    [scenario] = read(path)
    [step] = scenario.steps
    assert (scenario.name, step.words) == (said, said)
    assert step.expected.has == proposed([Line("bot", said)])


def test_a_scenario_is_added_as_the_file_is_written(tmp_path: Path) -> None:
    """With its margin and its channel; a file whose end takes no scenario stays as it is."""
    path, step = tmp_path / "a.yml", Step("a")
    path.write_text("channel: rest\nscenarios:\n  - name: one\n    turns: [{user: a}]\n")
    append(path, Scenario("two", (step,)), [Seen(step, [], "", None)])
    append(path, Scenario("three", (step,), channel=REST), [Seen(step, [], "", None)])
    assert [(one.name, one.channel) for one in read(path)] == [("one", REST), ("two", WIDGET), ("three", REST)]
    before = "scenarios:\n- name: one\n  turns: [{user: a}]\nchannel: rest\n"
    path.write_text(before)
    with pytest.raises(ConfigurationError, match="another file"):
        append(path, Scenario("two", (step,)), [Seen(step, [], "", None)])
    assert path.read_text() == before and [file.name for file in tmp_path.iterdir()] == ["a.yml"]


def test_junit(tmp_path: Path) -> None:
    """What CI servers read: failures with file and line, gaps as skipped."""
    path = tmp_path / "a.yml"
    path.write_text("scenarios:\n" + "".join(f"- name: {name}\n  turns: [{{user: a}}]\n" for name in ("one", "two")))
    good, bad = read(path)
    gap = Scenario("gap\x01", good.steps, known_gap="later", path=path)
    write_junit(tmp_path / "out.xml", [
        Outcome(good, (), ()), Outcome(bad, (), (f"{path}:5: > a: it says 'b\x1b<'",)), Outcome(gap, (), ("x:1: y",))])
    suite = ET.parse(tmp_path / "out.xml").getroot()
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "3", "failures": "1", "skipped": "1"}
    failure = suite.find("testcase[@name='two']/failure")
    assert failure is not None and (failure.text or "").startswith(f"{path}:5: ")
