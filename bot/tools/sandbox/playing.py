"""Plays a scenario in the sandbox, each turn with its trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.tools.sandbox.in_process_gateway import pause
from bot.tools.sandbox.sandbox import Sandbox
from bot.tools.sandbox.trace import Trace
from bot.tools.scenarios.player import Outcome, Played, play
from bot.tools.scenarios.scenario import Scenario, Step


@dataclass(frozen=True)
class Run:
    """A scenario that was played in the sandbox."""

    outcome: Outcome
    traces: tuple[Trace, ...]  # one for each step that was played
    greeted: Trace  # what happened before the first step


def play_in(
    sandbox: Sandbox, scenario: Scenario, *, before: Callable[[Step], None] = lambda step: None,
    after: Callable[[Played], None] = lambda played: None,
) -> Run:
    """Play `scenario` with a visitor of its own. `before` and `after` are called for each step."""
    recorder, traces, began = sandbox.recorder, [], 0.0

    def begin(step: Step) -> None:
        nonlocal began
        before(step)
        recorder.begin()
        began = time.perf_counter()

    def end(played: Played) -> None:
        traces.append(recorder.trace(played.step.words, time.perf_counter() - began))
        after(played)

    recorder.begin()
    visitor = sandbox.visitor(scenario.channel, scenario.customer, scenario.lang)
    greeted = recorder.trace("", 0.0)
    try:
        outcome = play(scenario, visitor, lambda: sandbox.desk(visitor), sandbox.app.settings.data, pause=pause,
                       before=begin, after=end)
    finally:
        visitor.end()
    return Run(outcome, tuple(traces), greeted)
