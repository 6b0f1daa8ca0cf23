"""Plays a scenario in the sandbox, each turn with its trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.tools.sandbox.in_process_gateway import pause
from bot.tools.sandbox.sandbox import Sandbox
from bot.tools.sandbox.session import Turn, not_own
from bot.tools.sandbox.trace import Trace
from bot.tools.scenarios.player import Outcome, Played, play
from bot.tools.scenarios.scenario import Scenario, Step


@dataclass(frozen=True)
class Run:
    """A scenario that was played in the sandbox."""

    outcome: Outcome
    turns: tuple[Turn, ...]  # one for each step that was played
    greeted: Trace  # what happened before the first step

    @property
    def traces(self) -> tuple[Trace, ...]:
        """One for each step that was played."""
        return tuple(turn.trace for turn in self.turns)


def play_in(
    sandbox: Sandbox, scenario: Scenario, *, before: Callable[[Step], None] = lambda step: None,
    after: Callable[[Turn], None] = lambda turn: None, to_the_end: bool = False,
) -> Run:
    """Play `scenario` with a visitor of its own, until a step has problems or `to_the_end`. `before` and `after` are
    called for each step. Raises `ModelError`."""
    sandbox.bot.wait()
    recorder, began, seen = sandbox.recorder, 0.0, 0
    turns: list[Turn] = []

    def begin(step: Step) -> None:
        nonlocal began, seen
        before(step)
        seen = len(visitor.entries)
        recorder.begin()
        began = time.perf_counter()

    def end(played: Played) -> None:
        trace = recorder.trace(played.step.words, time.perf_counter() - began)
        turns.append(Turn(played.step, not_own(visitor, seen), trace))
        after(turns[-1])

    recorder.begin()
    visitor = sandbox.visitor(scenario.channel, scenario.customer, scenario.lang)
    greeted = recorder.trace("", 0.0)
    try:
        outcome = play(scenario, visitor, lambda: sandbox.desk(visitor), sandbox.app.settings.data, pause=pause,
                       before=begin, after=end, to_the_end=to_the_end)
    finally:
        visitor.end()
    return Run(outcome, tuple(turns), greeted)
