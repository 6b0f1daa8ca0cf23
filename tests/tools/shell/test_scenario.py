"""Scenario files: what is read of them, and what playing one finds wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError, KilatError
from bot.settings import ROOT
from bot.tools.shell import scenario
from bot.tools.shell.desk_session import has_people
from bot.tools.scenarios.scenario import Line, Scenario, Step, command, play, read


class Sides:
    """Both sides in memory: `answers` maps what is said or done to the lines that come of it."""

    def __init__(self, answers: dict[str, list[Line]]) -> None:
        self.answers, self.seen, self.notes = answers, [Line("bot", "Halo!")], ""

    def say(self, text: str) -> None:
        """See `VisitorSide`."""
        self.seen += [Line("visitor", text), *self.answers.get(text, [])]

    def lines(self) -> list[Line]:
        """See `VisitorSide`."""
        return list(self.seen)

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
    monkeypatch.setattr(scenario, "PATIENT_SECONDS", 0.01)
    monkeypatch.setattr(scenario, "AFTER_SECONDS", 0.0)


def problems(*steps: Step, never: tuple[str, ...] = (), **answers: list[Line]) -> list[str]:
    """What is wrong with these steps where these answers come."""
    sides = Sides(answers)
    return play(Scenario("x", None, "id", steps, never), sides, sides)


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "handoff").glob("*.yml")), ids=lambda path: path.stem)
def test_ours_can_be_read(path: Path) -> None:
    """And has people in it, so that the shell plays it with them."""
    assert has_people(path)
    assert all(found.steps for found in read(path))


@pytest.mark.parametrize(
    ("turn", "wrong"),
    [
        ("{user: a, agent: take}", "say `user` or `agent`"), ("{visitor sees: a}", "say `user` or `agent`"),
        ("{agent: fly}", "can't 'fly'"), ("{agent: say}", "can't 'say'"), ("{agent: take it}", "can't 'take it'"),
        ("{agent: take, bye: x}", "there is no bye"), ("{user: a, has: b}", "there is no has"),
    ],
)
def test_what_is_misspelt(tmp_path: Path, turn: str, wrong: str) -> None:
    """Told with the file, the scenario and the turn."""
    path = tmp_path / "a.yml"
    path.write_text(f"scenarios:\n- name: first\n  turns:\n  - {{user: halo}}\n  - {turn}\n")
    with pytest.raises(ConfigurationError) as error:
        read(path)
    assert "a.yml" in str(error.value) and "'first', turn 2" in str(error.value) and wrong in str(error.value)


def test_a_file_without_people(tmp_path: Path) -> None:
    """The shell plays it with the bot alone."""
    path = tmp_path / "a.yml"
    path.write_text("scenarios:\n- name: first\n  turns:\n  - user: agent\n")
    assert not has_people(path)


def test_all_is_well() -> None:
    """Patterns are looked for on each side, in what is new to the visitor, in whatever case."""
    assert problems(
        Step("halo", visitor_sees=("HAI", "lagi")), command("take"),
        Step("cek", "Sari", "note", agent_sees=("sari: CEK",)),
        never=("cek",), halo=[Line("bot", "Hai"), Line("bot", "lagi")], take=[Line("system", "Sari datang")],
    ) == []


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((Step("halo", visitor_sees=("Halo!",)),), "the visitor does not see 'Halo!'"),
        ((Step("diam", visitor_sees=("diam",)),), "the visitor does not see 'diam'"),
        ((Step("halo", agent_sees=("apa",)),), "the agent does not see 'apa'"),
        ((command("give_back"),), "nothing to give"),
        ((Step("rahasia"),), "the visitor sees 'psst'"),
        ((command("take"), Step("halo")), "the bot speaks while an agent has the case"),
        ((command("take"), command("transfer"), Step("halo")), "the bot speaks while an agent has the case"),
    ],
)
def test_what_goes_wrong(steps: tuple[Step, ...], wrong: str) -> None:
    """The step, and what of it."""
    [problem] = problems(*steps, never=("psst",), halo=[Line("bot", "Hai")], rahasia=[Line("bot", "psst")])
    assert wrong in problem and problem.startswith(str(steps[-1]))
