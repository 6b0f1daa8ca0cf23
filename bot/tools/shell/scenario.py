"""Scenarios with agents: what a visitor and agents do, step by step, and what each must see.

`docs/scenarios.md` describes the file. The same file runs in the shell, in the widget, and at a real desk, each with
its own `VisitorSide` and `DeskSide`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from bot.adapters.yaml_reader import load
from bot.core.errors import ConfigurationError, KilatError

FIRST_AGENT = "Sari"
PATIENT_SECONDS = 20.0
LOOK_SECONDS = 0.05
# Time for an answer of the bot that should not come.
AFTER_SECONDS = 1.0
# What agents do, and whether words follow: never, always, perhaps.
_VERBS = {"take": "never", "say": "always", "note": "always", "transfer": "perhaps", "give_back": "never",
          "close": "perhaps"}
_SCENARIO_KEYS = {"name", "as", "lang", "turns", "never"}
_TURN_KEYS = {"user", "agent", "by", "visitor sees", "agent sees"}


class Line(NamedTuple):
    """A line that the visitor sees."""

    author: str  # `visitor`, `bot`, `agent` or `system`
    text: str


class VisitorSide(Protocol):
    """The visitor's client."""

    def say(self, text: str) -> None:
        """Send `text`."""

    def lines(self) -> list[Line]:
        """All that the visitor sees, in order; buttons' titles belong to their line."""


class DeskSide(Protocol):
    """The agents' desk; raises `KilatError` when a step can't be done."""

    def do(self, agent: str, verb: str, words: str) -> None:
        """Do a step of the agent of this name at the visitor's case."""

    def reads(self, agent: str) -> str:
        """All that the agent can read of the case: its file, what was said, the notes."""


@dataclass(frozen=True)
class Step:
    """One step of the visitor or of an agent."""

    words: str  # what the visitor says, or what belongs to the agent's `verb`
    agent: str = ""  # empty for a step of the visitor
    verb: str = ""
    visitor_sees: tuple[str, ...] = ()  # regular expressions
    agent_sees: tuple[str, ...] = ()  # regular expressions

    def __str__(self) -> str:
        return f"{self.agent}> {self.verb} {self.words}".strip() if self.agent else f"> {self.words}"


@dataclass(frozen=True)
class Scenario:
    """A conversation."""

    name: str
    customer: str | None  # a sample customer; `None` for an anonymous visitor
    lang: str
    steps: tuple[Step, ...]
    never: tuple[str, ...] = ()  # regular expressions for what the visitor must not see


def read(path: Path) -> list[Scenario]:
    """The scenarios of a file; `ConfigurationError` names a wrong place."""
    return [_scenario(raw, path) for raw in load(path)["scenarios"]]


def command(line: str, agent: str = FIRST_AGENT) -> Step:
    """The step of an agent: `take`, `say TEXT`, `note TEXT`, `transfer [TIER]`, `give_back`, `close [REASON]`."""
    verb, _, words = line.strip().partition(" ")
    wanted, words = _VERBS.get(verb), words.strip()
    if wanted is None or (wanted == "never" and words) or (wanted == "always" and not words):
        raise ConfigurationError(f"an agent can't {line!r}: take, say TEXT, note TEXT, transfer [TIER], give_back, "
                                 "close [REASON]")
    return Step(words, agent, verb)


def play(
    scenario: Scenario, visitor: VisitorSide, desk: DeskSide, *, pause: Callable[[float], None] = time.sleep,
    before: Callable[[Step], None] = lambda step: None, after: Callable[[Step], None] = lambda step: None,
) -> list[str]:
    """Play a scenario; returns the problems of the first step that has any.

    In every scenario the bot must be silent from `take` to `give_back` or `close`.
    """
    spoken: int | None = None
    for step in scenario.steps:
        before(step)
        seen = len(visitor.lines())
        try:
            if step.agent:
                desk.do(step.agent, step.verb, step.words)
            else:
                visitor.say(step.words)
        except KilatError as error:
            return [f"{step}: {error}"]
        problems = _wait(step, visitor, desk, seen, pause)
        after(step)
        if step.verb in ("give_back", "close"):
            problems += _wrong(scenario, visitor, spoken if step.verb == "close" else None)
            spoken = None
        elif step.verb == "take" and spoken is None:
            spoken = _bot_lines(visitor)
        problems += _wrong(scenario, visitor, spoken)
        if problems:
            return [f"{step}: {problem}" for problem in problems]
    pause(AFTER_SECONDS)
    return _wrong(scenario, visitor, spoken)


def _wait(step: Step, visitor: VisitorSide, desk: DeskSide, seen: int, pause: Callable[[float], None]) -> list[str]:
    """Wait until all that the step expects is seen; returns what is not after `PATIENT_SECONDS`."""
    until = time.monotonic() + PATIENT_SECONDS
    while True:
        new = "\n".join(line.text for line in visitor.lines()[seen:] if line.author != "visitor")
        read_ = desk.reads(step.agent or FIRST_AGENT) if step.agent_sees else ""
        missing = [f"the visitor does not see {p!r}, but {new!r}" for p in _missing(step.visitor_sees, new)]
        missing += [f"the agent does not see {p!r}, but {read_!r}" for p in _missing(step.agent_sees, read_)]
        if not missing or time.monotonic() > until:
            return missing
        pause(LOOK_SECONDS)


def _wrong(scenario: Scenario, visitor: VisitorSide, spoken: int | None) -> list[str]:
    shown = [line.text for line in visitor.lines() if line.author != "visitor"]
    wrong = [f"the visitor sees {p!r}" for p in scenario.never if any(re.search(p, text, re.I) for text in shown)]
    if spoken is not None and _bot_lines(visitor) > spoken:
        wrong.append(f"the bot speaks while an agent has the case: {shown[-1]!r}")
    return wrong


def _bot_lines(visitor: VisitorSide) -> int:
    return sum(line.author == "bot" for line in visitor.lines())


def _missing(patterns: Sequence[str], text: str) -> list[str]:
    return [pattern for pattern in patterns if not re.search(pattern, text, re.I)]


def _scenario(raw: dict[str, Any], path: Path) -> Scenario:
    where = f"{path}, {raw.get('name')!r}"
    _check(raw, _SCENARIO_KEYS, where)
    steps = []
    for number, turn in enumerate(raw.get("turns") or (), 1):
        _check(turn, _TURN_KEYS, f"{where}, turn {number}")
        steps.append(_step(turn, f"{where}, turn {number}"))
    return Scenario(str(raw["name"]), raw.get("as"), raw.get("lang", "id"), tuple(steps), _patterns(raw.get("never")))


def _step(turn: dict[str, Any], where: str) -> Step:
    if ("user" in turn) == ("agent" in turn):
        raise ConfigurationError(f"{where}: say `user` or `agent`")
    try:
        does = command(str(turn["agent"]), turn.get("by", FIRST_AGENT)) if "agent" in turn else Step(str(turn["user"]))
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    seen = (_patterns(turn.get(key)) for key in ("visitor sees", "agent sees"))
    return Step(does.words, does.agent, does.verb, *seen)


def _check(raw: dict[str, Any], keys: set[str], where: str) -> None:
    if unknown := set(raw) - keys:
        known = ", ".join(sorted(keys))
        raise ConfigurationError(f"{where}: there is no {', '.join(sorted(unknown))}; there are {known}")


def _patterns(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in (value if isinstance(value, list) else [value] if value is not None else []))
