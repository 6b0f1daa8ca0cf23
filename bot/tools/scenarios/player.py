"""Plays scenarios, the same way everywhere: in the shell, in pytest, in a browser and at real desks."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.errors import KilatError
from bot.tools.scenarios.reply_rules import wrong_with
from bot.tools.scenarios.scenario import FIRST_AGENT, Expected, Scenario, Step
from bot.tools.scenarios.sides import DeskSide, Line, VisitorSide

PATIENT_SECONDS = 20.0
LOOK_SECONDS = 0.05
# Time for an answer of the bot that should not come, where a client can't know that none will.
AFTER_SECONDS = 1.0
# The bot has the word again.
_GIVES_BACK = ("give_back", "close")


@dataclass(frozen=True)
class Played:
    """A step that was played."""

    step: Step
    lines: tuple[Line, ...]  # what was new to the visitor, without their own words
    problems: tuple[str, ...] = ()
    lang: str | None = None  # the language of the reply
    route: str | None = None  # where the hand-off leads
    is_done: bool = True  # false for a step that could not be done


@dataclass(frozen=True)
class Outcome:
    """A scenario that was played, up to its first step with a problem or to its end."""

    scenario: Scenario
    played: tuple[Played, ...]
    problems: tuple[str, ...]  # each begins with "file:line: "

    @property
    def is_right(self) -> bool:
        """All went as the scenario says; one with a `known_gap` must go wrong."""
        return not self.failures

    @property
    def failures(self) -> tuple[str, ...]:
        """What a person must look at."""
        if self.scenario.known_gap is None:
            return self.problems
        if self.problems:
            return ()
        first = self.scenario.steps[0]
        return (f"{self.scenario.at(first)}: {self.scenario.name!r} goes well now: take its `known_gap` away",)


def play(
    scenario: Scenario, visitor: VisitorSide, desk: Callable[[], DeskSide], data: Path, *,
    pause: Callable[[float], None] = time.sleep, before: Callable[[Step], None] = lambda step: None,
    after: Callable[[Played], None] = lambda played: None, to_the_end: bool = False,
) -> Outcome:
    """Play a scenario until a step has problems, or `to_the_end`. `desk` gives the agents' side, which is opened when
    an agent acts; `data` is the folder of the facts, `pause` waits for so many seconds.

    In every scenario the bot must be silent from `take` to `give_back` or `close`, and answer otherwise.
    """
    player = Player(scenario, visitor, desk, data, pause)
    played: list[Played] = []
    for step in scenario.steps:
        before(step)
        played.append(player.take(step))
        after(played[-1])
        if played[-1].problems and not to_the_end:
            break
    problems = [f"{scenario.at(one.step)}: {one.step}: {problem}" for one in played for problem in one.problems]
    if not problems and (late := player.last_look()):
        problems = [f"{scenario.at(scenario.steps[-1])}: {problem}" for problem in late]
    return Outcome(scenario, tuple(played), tuple(problems))


class Player:
    """Plays the steps of a scenario one by one; its arguments are those of `play`."""

    def __init__(self, scenario: Scenario, visitor: VisitorSide, desk: Callable[[], DeskSide], data: Path,
                 pause: Callable[[float], None]) -> None:
        self._scenario, self._visitor, self._data, self._pause = scenario, visitor, data, pause
        self._open_desk = desk
        self._desk: DeskSide | None = None
        self._heard = ""
        self._spoken: int | None = None  # lines of the bot when an agent took the case; `None`: the bot has the word
        self._is_settled = False

    def take(self, step: Step) -> Played:
        """Do one step, and look at what came of it."""
        seen = len(self._visitor.lines())
        self._heard += "\n".join([step.words, *(value for _, value in step.form)]) + "\n"
        try:
            self._do(step)
        except KilatError as error:
            return Played(step, (), (str(error),), is_done=False)
        problems = self._wait(step, seen)
        if step.verb in _GIVES_BACK:
            problems += self._silence() if step.verb == "close" else []
            self._spoken = None
        elif step.verb == "take" and self._spoken is None:
            self._spoken = self._lines_of_bot()
        problems += self._never() + self._silence() + self._reply(step, seen)
        state = self._visitor.state()
        return Played(step, tuple(self._new(seen)), tuple(problems), state.get("language"), state.get("route"))

    def last_look(self) -> list[str]:
        """What went wrong after the last step."""
        if not self._is_settled:
            self._pause(AFTER_SECONDS)
        return self._never() + self._silence()

    def _do(self, step: Step) -> None:
        if step.agent:
            self._desk = self._desk or self._open_desk()
            self._desk.do(step.agent, step.verb, step.words)
        elif step.form:
            self._visitor.fill_in(dict(step.form))
        else:
            self._visitor.say(step.words)

    def _wait(self, step: Step, seen: int) -> list[str]:
        """Wait until all that the step expects is there; what is not, once nothing more will come, or after
        `PATIENT_SECONDS`."""
        until = time.monotonic() + PATIENT_SECONDS
        while True:
            self._is_settled = self._visitor.settle()
            missing = self._missing(step, seen)
            if not missing or self._is_settled or time.monotonic() > until:
                return missing
            self._pause(LOOK_SECONDS)

    def _missing(self, step: Step, seen: int) -> list[str]:
        expected = step.expected
        missing = unmet(expected, self._new(seen), self._visitor.state())
        if expected.agent_sees:
            self._desk = self._desk or self._open_desk()
            read = self._desk.reads(step.agent or FIRST_AGENT)
            missing += [f"the agent does not see {p!r}, but {read!r}" for p in _unmatched(expected.agent_sees, read)]
        return missing

    def _reply(self, step: Step, seen: int) -> list[str]:
        """What is wrong with the bot's new lines by the rules for every reply."""
        spoken = [line for line in self._new(seen) if line.author == "bot"]
        waits_for_bot = not step.agent and self._spoken is None and self._is_settled
        return wrong_with(spoken, self._heard, self._data) if spoken or waits_for_bot else []

    def _never(self) -> list[str]:
        shown = [line.everything for line in self._visitor.lines() if line.author != "visitor"]
        return [f"the visitor sees {p!r}" for p in self._scenario.never if any(re.search(p, t, re.I) for t in shown)]

    def _silence(self) -> list[str]:
        if self._spoken is None or self._lines_of_bot() <= self._spoken:
            return []
        last = [line.text for line in self._visitor.lines() if line.author == "bot"][-1]
        return [f"the bot speaks while an agent has the case: {last!r}"]

    def _lines_of_bot(self) -> int:
        return sum(line.author == "bot" for line in self._visitor.lines())

    def _new(self, seen: int) -> list[Line]:
        return [line for line in self._visitor.lines()[seen:] if line.author != "visitor"]


def unmet(expected: Expected, new: Sequence[Line], state: Mapping[str, Any]) -> list[str]:
    """What of `expected` does not hold for the visitor's new lines and the bot's state."""
    everything, said = "\n".join(line.everything for line in new), "\n".join(line.text for line in new)
    wrong = []
    if unmatched := _unmatched(expected.has, everything):
        wrong.append(f"it has no {', no '.join(map(repr, unmatched))}; it says {everything!r}")
    if matched := [pattern for pattern in expected.lacks if re.search(pattern, said, re.I)]:
        wrong.append(f"it has {', '.join(map(repr, matched))}; it says {said!r}")
    for name, wanted, got in (("lang", expected.lang, state.get("language")),
                              ("route", expected.route, state.get("route"))):
        if wanted is not None and wanted != got:
            wrong.append(f"{name} is {got!r}, not {wanted!r}; it says {everything!r}")
    return wrong


def _unmatched(patterns: Sequence[str], text: str) -> list[str]:
    return [pattern for pattern in patterns if not re.search(pattern, text, re.I)]
