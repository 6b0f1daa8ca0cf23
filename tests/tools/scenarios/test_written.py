"""What is written of scenarios: recorded ones, proposals, diffs, JUnit."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.tools.scenarios.junit import write_junit
from bot.tools.scenarios.player import Outcome, Played
from bot.tools.scenarios.proposals import proposed
from bot.tools.scenarios.reader import read
from bot.tools.scenarios.scenario import REST, Scenario, Step, command
from bot.tools.scenarios.sides import Line
from bot.tools.scenarios.updates import diff
from bot.tools.scenarios.writer import Seen, append

PHONE = "Japan: +81 120427732 (no extension)\nHave your host key ready."


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        (PHONE, [r"\+81 120427732"]), ("P1: respons pertama dalam 1 jam", ["P1", "1 jam"]),
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


def test_junit(tmp_path: Path) -> None:
    """What CI servers read: failures with file and line, gaps as skipped."""
    path = tmp_path / "a.yml"
    path.write_text("scenarios:\n" + "".join(f"- name: {name}\n  turns: [{{user: a}}]\n" for name in ("one", "two")))
    good, bad = read(path)
    gap = Scenario("gap", good.steps, known_gap="later", path=path)
    write_junit(tmp_path / "out.xml", [
        Outcome(good, (), ()), Outcome(bad, (), (f"{path}:5: > a: it says 'b\x1b<'",)), Outcome(gap, (), ("x:1: y",))])
    suite = ET.parse(tmp_path / "out.xml").getroot()
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "3", "failures": "1", "skipped": "1"}
    failure = suite.find("testcase[@name='two']/failure")
    assert failure is not None and (failure.text or "").startswith(f"{path}:5: ")
