"""The questions of `unseen.yml`, which no training example was made from, to the real bot; gates in `gates.yml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from live_bot import LiveBot, wrong_in
from ruamel.yaml import YAML

from bot.tools.sandbox.local_bot import Said

HERE = Path(__file__).parent
GATES = YAML(typ="safe").load(HERE / "gates.yml")
FILES = ("unseen", "holdout")
OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Outcome:
    """A question, what the bot said and what is wrong with that."""

    question: dict[str, Any]
    said: Said
    problems: list[str]

    @property
    def is_out_of_scope(self) -> bool:
        """True for a message that is to be declined."""
        return bool(OUT_OF_SCOPE in self.question["intent"])

    @property
    def understood(self) -> bool:
        """True when the intent is (one of) the expected."""
        expected = self.question["intent"]
        return self.said.intent in ([expected] if isinstance(expected, str) else expected)


@dataclass(frozen=True)
class Sheet:
    """The outcomes of one file and its gates."""

    name: str
    outcomes: list[Outcome]

    @property
    def gates(self) -> dict[str, Any]:
        """In percent."""
        return dict(GATES[self.name])


@pytest.fixture(scope="module", params=FILES)
def sheet(request: pytest.FixtureRequest, live_bot: LiveBot) -> Sheet:
    """Every question of a file asked once, each in a conversation of its own."""
    outcomes = []
    for number, question in enumerate(YAML(typ="safe").load(HERE / f"{request.param}.yml")):
        said = live_bot.say(f"{request.param}-{number}", question["say"])
        outcomes.append(Outcome(question, said, wrong_in(said, question, question["say"])))
    return Sheet(request.param, outcomes)


def test_table(sheet: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    """Shows how many are right, by language and kind."""
    kinds: dict[str, dict[str, list[Outcome]]] = defaultdict(lambda: {"id": [], "en": []})
    for one in sheet.outcomes:
        kinds[one.question["kind"]][one.question["lang"]].append(one)
    lines = ["", f"{sheet.name:<12}{'id':>14}{'en':>14}"]
    lines += [f"{kind:<12}{_cell(of['id']):>14}{_cell(of['en']):>14}" for kind, of in sorted(kinds.items())]
    lines += [f"{'all':<12}{_cell(_in(sheet.outcomes, 'id')):>14}{_cell(_in(sheet.outcomes, 'en')):>14}"]
    with capsys.disabled():
        print("\n".join(lines))


def test_right(sheet: Sheet) -> None:
    """All facts right, in the right language, nothing invented."""
    _assert_share(sheet.outcomes, lambda one: not one.problems, sheet.gates["right"])


@pytest.mark.parametrize("language", ["id", "en"])
def test_right_by_language(sheet: Sheet, language: str) -> None:
    """No language lags behind."""
    gate = sheet.gates["right_by_language"][language]
    _assert_share(_in(sheet.outcomes, language), lambda one: not one.problems, gate)


def test_declined(sheet: Sheet) -> None:
    """What is out of scope gets a friendly no."""
    outside = [one for one in sheet.outcomes if one.is_out_of_scope]
    _assert_share(outside, lambda one: not one.problems, sheet.gates["declined"])


def test_intent(sheet: Sheet) -> None:
    """The intent is the expected one."""
    _assert_share(sheet.outcomes, lambda one: one.understood, sheet.gates["intent"])


def test_no_invented_number(sheet: Sheet) -> None:
    """Not once."""
    assert not [one for one in sheet.outcomes if any("invents" in problem for problem in one.problems)]


def _in(outcomes: list[Outcome], language: str) -> list[Outcome]:
    return [one for one in outcomes if one.question["lang"] == language]


def _cell(outcomes: list[Outcome]) -> str:
    right = sum(not one.problems for one in outcomes)
    return f"{right}/{len(outcomes)} {100 * right / len(outcomes):4.0f}%" if outcomes else "-"


def _assert_share(outcomes: list[Outcome], good: Callable[[Outcome], bool], gate: float) -> None:
    wrong = [one for one in outcomes if not good(one)]
    share = 100 * (1 - len(wrong) / len(outcomes))
    shown = "\n".join(f"> {one.question['say']}  [{one.said.intent}] {'; '.join(one.problems)}" for one in wrong)
    print(f"{share:.1f}% of {len(outcomes)}; not:\n{shown}")
    assert share >= gate, f"{share:.1f}% is under the gate of {gate}%:\n{shown}"
