"""Scenarios as data: what a visitor and agents do, step by step, and what must be seen. docs/scenarios.md tells the
file's format; `reader.py` reads it, `player.py` plays it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.core.errors import ConfigurationError
from bot.languages import LANGUAGES

WIDGET, REST = "widget", "rest"
CHANNELS = (WIDGET, REST)
FIRST_AGENT = "Sari"
# What agents do, and whether words follow: never, always, perhaps.
VERBS = {"take": "never", "say": "always", "note": "always", "transfer": "perhaps", "give_back": "never",
          "close": "perhaps"}


@dataclass(frozen=True)
class Expected:
    """What must hold once a step is done. Regular expressions, upper and lower case alike."""

    has: tuple[str, ...] = ()  # in what is new to the visitor, buttons included
    lacks: tuple[str, ...] = ()  # in no new line's text
    lang: str | None = None  # the language of the reply
    route: str | None = None  # where the hand-off leads
    agent_sees: tuple[str, ...] = ()  # in what the agent can read of the case


@dataclass(frozen=True)
class Step:
    """One step of the visitor or of an agent."""

    words: str  # what the visitor says, or what belongs to the agent's `verb`
    agent: str = ""  # empty for a step of the visitor
    verb: str = ""
    form: tuple[tuple[str, str], ...] = ()  # the ticket form that the visitor fills in: (field, value)
    expected: Expected = field(default_factory=Expected)
    line: int = 0  # in the scenario's file, from 1; 0 for a step that was typed

    def __str__(self) -> str:
        if self.form:
            return "> " + "; ".join(f"{name}: {value}" for name, value in self.form)
        return f"{self.agent}> {self.verb} {self.words}".strip() if self.agent else f"> {self.words}"


@dataclass(frozen=True)
class Scenario:
    """A conversation."""

    name: str
    steps: tuple[Step, ...]
    customer: str | None = None  # a sample customer; `None` for an anonymous visitor
    lang: str = LANGUAGES[0]  # that the visitor begins in
    channel: str = WIDGET
    never: tuple[str, ...] = ()  # regular expressions for what the visitor must not see
    known_gap: str | None = None  # why it fails now
    path: Path = Path()

    def at(self, step: Step) -> str:
        """The step's address, "file:line"."""
        return f"{self.path}:{step.line}"


def command(line: str, agent: str = FIRST_AGENT) -> Step:
    """The step of an agent: `take`, `say TEXT`, `note TEXT`, `transfer [TIER]`, `give_back`, `close [REASON]`. Raises
    `ConfigurationError` for anything else."""
    verb, _, words = line.strip().partition(" ")
    wanted, words = VERBS.get(verb), words.strip()
    if wanted is None or (wanted == "never" and words) or (wanted == "always" and not words):
        raise ConfigurationError(f"an agent can't {line!r}: take, say TEXT, note TEXT, transfer [TIER], give_back, "
                                 "close [REASON]")
    return Step(words, agent, verb)
