"""What differs when two models play the same scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.tools.sandbox.playing import Run
from bot.tools.sandbox.trace import Trace
from bot.tools.scenarios.player import Played
from bot.tools.scenarios.scenario import Scenario
from bot.tools.scenarios.sides import without_case_numbers


class Pair(NamedTuple):
    """A value with either model."""

    a: str
    b: str


@dataclass(frozen=True)
class ChangedTurn:
    """A turn that differs."""

    scenario: str
    at: str  # "file:line"
    step: str
    changes: Mapping[str, Pair]  # by what differs: intent, entities, answer, route, language

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"scenario": self.scenario, "at": self.at, "step": self.step,
                "changes": {name: pair._asdict() for name, pair in self.changes.items()}}


@dataclass(frozen=True)
class Comparison:
    """All turns of all scenarios."""

    turns: int  # that were compared
    changed: tuple[ChangedTurn, ...]
    only_a: tuple[str, ...]  # "file: name" of scenarios that go well with A alone
    only_b: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"turns": self.turns, "changed": [turn.as_json() for turn in self.changed],
                "goes_well_only_with": {"a": list(self.only_a), "b": list(self.only_b)}}


def compare_runs(scenarios: Sequence[Scenario], a: Sequence[Run], b: Sequence[Run]) -> Comparison:
    """Compare the runs of the same scenarios, each played to its end. A `known_gap` does not matter: what goes well
    meets all that the scenario expects."""
    played = list(zip(scenarios, a, b, strict=True))
    changed = [turn for scenario, with_a, with_b in played for turn in _changed(scenario, with_a, with_b)]
    verdicts = [(f"{scenario.path.name}: {scenario.name}", not with_a.outcome.problems, not with_b.outcome.problems)
                for scenario, with_a, with_b in played]
    return Comparison(
        turns=sum(len(scenario.steps) for scenario in scenarios), changed=tuple(changed),
        only_a=tuple(name for name, well_a, well_b in verdicts if well_a and not well_b),
        only_b=tuple(name for name, well_a, well_b in verdicts if well_b and not well_a))


def _changed(scenario: Scenario, a: Run, b: Run) -> Iterator[ChangedTurn]:
    turns = zip(a.outcome.played, a.traces, b.outcome.played, b.traces, strict=True)
    for played_a, trace_a, played_b, trace_b in turns:
        with_a, with_b = _seen(played_a, trace_a), _seen(played_b, trace_b)
        changes = {name: Pair(with_a[name], with_b[name]) for name in with_a if with_a[name] != with_b[name]}
        if changes:
            yield ChangedTurn(scenario.name, scenario.at(played_a.step), str(played_a.step), changes)


def _seen(played: Played, trace: Trace) -> dict[str, str]:
    """What is compared of a turn."""
    return {
        "intent": trace.intent,
        "entities": ", ".join(f"{kind}={value}" for kind, value in trace.entities),
        "answer": without_case_numbers("\n".join(line.everything for line in played.lines)),
        "route": trace.route or "",
        "language": trace.language,
    }
