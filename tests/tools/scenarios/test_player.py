"""What playing a scenario finds wrong, at two sides in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import KilatError
from bot.settings import ROOT
from bot.tools.scenarios import player
from bot.tools.scenarios.player import Outcome, play
from bot.tools.scenarios.scenario import Expected, Scenario, Step, command
from bot.tools.scenarios.sides import Line

SEEN = Line("bot", "Hai", ("Tombol",))
FORM = (("subject", "Audio"), ("email", "sari@example.com"))


class Sides:
    """Both sides in memory: `answers` maps what is said or done to the lines that come of it. `knows` whether it is
    settled after a step."""

    def __init__(self, answers: dict[str, list[Line]], *, knows: bool) -> None:
        self.answers, self.seen, self.notes = answers, [Line("bot", "Halo!")], ""
        self.knows, self.asked_to_settle = knows, 0

    def say(self, text: str) -> None:
        """See `VisitorSide`."""
        self.seen += [Line("visitor", text), *self.answers.get(text, [])]

    def fill_in(self, values: Mapping[str, str]) -> None:
        """See `VisitorSide`."""
        self.seen += [Line("visitor", values["subject"]), *self.answers.get("form", [])]

    def settle(self) -> bool:
        """See `VisitorSide`."""
        self.asked_to_settle += 1
        return self.knows

    def lines(self) -> list[Line]:
        """See `VisitorSide`."""
        return list(self.seen)

    def state(self) -> Mapping[str, Any]:
        """See `VisitorSide`."""
        return {"language": "id", "route": "community"}

    def do(self, agent: str, verb: str, words: str) -> None:
        """See `DeskSide`; nobody can give back here."""
        if verb == "give_back":
            raise KilatError("nothing to give")
        self.seen += self.answers.get(verb, [])
        self.notes += f"{agent}: {words}\n"

    def reads(self, agent: str) -> str:
        """See `DeskSide`."""
        return self.notes


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not come need not be waited for."""
    monkeypatch.setattr(player, "PATIENT_SECONDS", 0.01)
    monkeypatch.setattr(player, "AFTER_SECONDS", 0.0)


def played(*steps: Step, knows: bool = False, gap: str | None = None, to_the_end: bool = False,
           **answers: list[Line]) -> Outcome:
    """What becomes of these steps where these answers come."""
    sides = Sides(answers, knows=knows)
    scenario = Scenario("x", steps, never=("psst",), known_gap=gap, path=Path("a.yml"))
    return play(scenario, sides, lambda: sides, ROOT / "data", to_the_end=to_the_end)


def user(words: str, line: int = 7, **expected: Any) -> Step:
    """A step of the visitor."""
    return Step(words, expected=Expected(**expected), line=line)


@pytest.mark.parametrize("knows", [False, True])
def test_all_is_well(knows: bool) -> None:
    """Patterns are looked for on each side, in what is new to the visitor, in buttons too, in whatever case."""
    outcome = played(
        user("halo", has=("HAI", "lagi", "tombol"), lacks=("halo!", "Tombol"), lang="id", route="community"),
        command("take"), Step("cek", "Sari", "note", expected=Expected(agent_sees=("sari: CEK",))), knows=knows,
        halo=[SEEN, Line("bot", "lagi")], take=[Line("system", "Sari datang")])
    assert outcome.is_right and not outcome.problems
    assert [len(one.lines) for one in outcome.played] == [2, 1, 0]


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((user("halo", has=("Halo!",)),), "it has no 'Halo!'; it says 'Hai\\nTombol'"),
        ((user("diam", has=("diam",)),), "it has no 'diam'"),
        ((user("halo", lacks=("hai",)),), "it has 'hai'"),
        ((user("halo", lang="en"),), "lang is 'id', not 'en'"),
        ((user("halo", route="sign_in"),), "route is 'community', not 'sign_in'"),
        ((user("halo", agent_sees=("apa",)),), "the agent does not see 'apa'"),
        ((command("give_back"),), "nothing to give"),
        ((user("rahasia"),), "the visitor sees 'psst'"),
        ((user("angka"),), "the bot invents the number '0800 1234567'"),
        ((user("sisa"),), "the bot shows 'utter_'"),
        ((Step("", form=FORM),), "the bot shows '{'"),
        ((command("take"), user("halo")), "the bot speaks while an agent has the case"),
        ((command("take"), command("transfer"), user("halo")), "the bot speaks while an agent has the case"),
    ],
)
def test_what_goes_wrong(steps: tuple[Step, ...], wrong: str) -> None:
    """Told with file and line, the step, and what was said instead."""
    outcome = played(*steps, halo=[SEEN], rahasia=[Line("bot", "psst")], angka=[Line("bot", "0800 1234567")],
                     sisa=[Line("bot", "utter_greet")], form=[Line("bot", "{number}")])
    assert not outcome.is_right
    [problem] = outcome.failures
    assert wrong in problem and problem.startswith(f"a.yml:{steps[-1].line}: {steps[-1]}: ")


def test_silence(knows: bool = True) -> None:
    """Where it is known that nothing more comes, a bot that says nothing is wrong; unless an agent has the case."""
    assert "the bot says nothing" in played(user("halo"), knows=knows).failures[0]
    assert played(command("take"), user("halo"), knows=knows).is_right
    assert played(user("halo")).is_right, "who can't know does not tell"


def test_a_number_of_the_visitors_own() -> None:
    """It may come back in a summary."""
    assert played(user("0800 1234567"), **{"0800 1234567": [Line("bot", "0800 1234567?")]}).is_right


def test_the_first_step_with_a_problem_ends_it() -> None:
    """Unless it is played to the end."""
    steps = (user("halo", line=1, lang="en"), user("halo", line=2, lang="en"))
    assert len(played(*steps, halo=[SEEN]).failures) == 1
    assert [f.split(": ")[0] for f in played(*steps, halo=[SEEN], to_the_end=True).failures] == ["a.yml:1", "a.yml:2"]


def test_a_known_gap() -> None:
    """It must go wrong, until the mark is taken away."""
    assert played(user("halo", lang="en"), gap="no English yet", halo=[SEEN]).is_right
    [told] = played(user("halo", lang="id"), gap="no English yet", halo=[SEEN]).failures
    assert told.startswith("a.yml:7: ") and "goes well now" in told


def test_no_waiting_for_what_can_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is known that nothing more comes, one look is enough."""
    monkeypatch.setattr(player, "PATIENT_SECONDS", 3600.0)
    assert not played(user("halo", lang="en"), knows=True, halo=[SEEN]).is_right
