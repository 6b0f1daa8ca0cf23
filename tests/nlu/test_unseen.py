"""The questions of `unseen.yml`, which no training example was made from, to the real bot; gates in `gates.yml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from live import LiveBot, wrong_in
from ruamel.yaml import YAML

from bot.shell.local_bot import Said

HERE = Path(__file__).parent
GATES = YAML(typ="safe").load(HERE / "gates.yml")["unseen"]
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


@pytest.fixture(scope="module")
def outcomes(live_bot: LiveBot) -> list[Outcome]:
    """Every question asked once, each in a conversation of its own."""
    found = []
    for number, question in enumerate(YAML(typ="safe").load(HERE / "unseen.yml")):
        said = live_bot.say(f"unseen-{number}", question["say"])
        found.append(Outcome(question, said, wrong_in(said, question, question["say"])))
    return found


def test_table(outcomes: list[Outcome], capsys: pytest.CaptureFixture[str]) -> None:
    """Shows how many are right, by language and kind."""
    kinds: dict[str, dict[str, list[Outcome]]] = defaultdict(lambda: {"id": [], "en": []})
    for one in outcomes:
        kinds[one.question["kind"]][one.question["lang"]].append(one)
    lines = ["", f"{'kind':<12}{'id':>14}{'en':>14}"]
    lines += [f"{kind:<12}{_cell(of['id']):>14}{_cell(of['en']):>14}" for kind, of in sorted(kinds.items())]
    lines += [f"{'all':<12}{_cell(_in(outcomes, 'id')):>14}{_cell(_in(outcomes, 'en')):>14}"]
    with capsys.disabled():
        print("\n".join(lines))


def test_right(outcomes: list[Outcome]) -> None:
    """All facts right, in the right language, nothing invented."""
    _assert_share(outcomes, lambda one: not one.problems, GATES["right"])


@pytest.mark.parametrize("language", ["id", "en"])
def test_right_by_language(outcomes: list[Outcome], language: str) -> None:
    """No language lags behind."""
    _assert_share(_in(outcomes, language), lambda one: not one.problems, GATES["right_by_language"][language])


def test_declined(outcomes: list[Outcome]) -> None:
    """What is out of scope gets a friendly no."""
    _assert_share([one for one in outcomes if one.is_out_of_scope], lambda one: not one.problems, GATES["declined"])


def test_intent(outcomes: list[Outcome]) -> None:
    """The intent is the expected one."""
    _assert_share(outcomes, lambda one: one.understood, GATES["intent"])


def test_no_invented_number(outcomes: list[Outcome]) -> None:
    """Not once."""
    assert not [one for one in outcomes if any("invents" in problem for problem in one.problems)]


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
