"""Counts what scenarios touch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.bootstrap import App
from bot.services.dialogue.form import FREE_TEXT
from bot.tools.coverage.inventory import (
    FACTS,
    FIELDS_OF_FORMS,
    FILLED_IN,
    INTENTS,
    LANGUAGES_SPOKEN,
    ROUTES,
    TRANSITIONS,
    Names,
    inventory,
    responses_in,
)
from bot.tools.sandbox.playing import Run
from bot.tools.sandbox.trace import Trace
from bot.tools.scenarios.scenario import Scenario, Step


class Touched(NamedTuple):
    """Something that a scenario touches."""

    kind: str
    name: str


@dataclass(frozen=True)
class Count:
    """What is touched of one kind, and what is not."""

    touched: Mapping[str, str]  # name to the scenario that touched it first
    untouched: Names

    @property
    def total(self) -> int:
        """All names of the kind."""
        return len(self.touched) + len(self.untouched)

    @property
    def percent(self) -> float:
        """From 0 to 100; 100 when there is nothing to touch."""
        return 100 * len(self.touched) / self.total if self.total else 100.0


class Coverage:
    """What scenarios touch of `inventory` (`inventory.py`). Each run is added once."""

    def __init__(self, inventory: Mapping[str, Names]) -> None:
        self._all = inventory
        self._first: dict[Touched, str] = {}
        self.played: set[str] = set()  # "file: name" of each scenario that was added
        self.failures: list[str] = []  # what went wrong in them

    def add(self, scenario: Scenario, run: Run) -> None:
        """Count what this run of `scenario` touches."""
        name = name_of(scenario)
        self.played.add(name)
        self.failures += run.outcome.failures
        for touched in touched_by(scenario, run):
            self._first.setdefault(touched, name)

    @property
    def counts(self) -> dict[str, Count]:
        """By kind."""
        return {kind: self._count(kind, names) for kind, names in self._all.items()}

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {kind: {"percent": round(count.percent, 1), "touched": dict(count.touched),
                       "untouched": list(count.untouched)} for kind, count in self.counts.items()}

    def _count(self, kind: str, names: Names) -> Count:
        first = {name: self._first.get(Touched(kind, name)) for name in names}
        return Count({name: scenario for name, scenario in first.items() if scenario is not None},
                     tuple(name for name, scenario in first.items() if scenario is None))


def counter(app: App) -> Coverage:
    """A coverage without a run yet, of all that `app` has."""
    return Coverage(inventory(app.wording, app.facts.load(), app.settings.data))


def name_of(scenario: Scenario) -> str:
    """How the figures name a scenario: "file: name", by the file's name alone."""
    return f"{scenario.path.name}: {scenario.name}"


def touched_by(scenario: Scenario, run: Run) -> Iterator[Touched]:
    """What a run touches, again and again. A step that went wrong touches nothing."""
    language = scenario.lang
    yield from (Touched(responses_in(language), response) for response in run.greeted.responses)
    for played, trace in zip(run.outcome.played, run.traces, strict=True):
        language = trace.language or language
        if not played.problems:
            yield from _by_step(played.step, trace, language)


def _by_step(step: Step, trace: Trace, language: str) -> Iterator[Touched]:
    yield Touched(LANGUAGES_SPOKEN, language)
    yield from (Touched(responses_in(language), response) for response in trace.responses)
    yield from (Touched(TRANSITIONS, str(transition)) for transition in trace.transitions)
    if (intent := _understood(trace)) and step.words:
        yield Touched(INTENTS, intent)
    if trace.route:
        yield Touched(ROUTES, trace.route)
    for fact in trace.facts:
        kind, _, name = fact.partition(" ")
        if kind in FACTS:
            yield Touched(kind, name)
    if field := _answered_field(trace):
        yield Touched(FIELDS_OF_FORMS, field)
    yield from (Touched(FIELDS_OF_FORMS, f"{FILLED_IN}.{name}") for name, _ in step.form)


def _understood(trace: Trace) -> str | None:
    """The intent that words were understood as; `None` for a button, and for a text that a form took as it was."""
    if trace.text.startswith("/"):
        return None
    if trace.answered is not None:
        return trace.answered
    asked = (trace.before.get("form") or {}).get("asked")
    return None if asked in FREE_TEXT else trace.intent or None


def _answered_field(trace: Trace) -> str | None:
    """The field that a form had asked for, and that the message answered."""
    form = trace.before.get("form")
    if trace.answered is not None or not form or form.get("paused"):
        return None
    return f"{form['kind']}.{form['asked']}"
