"""A conversation that is being tried: each turn with its trace, to be played again in part, or changed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.conversation import Author
from bot.core.errors import ConfigurationError
from bot.languages import LANGUAGES
from bot.live.frames import Frame
from bot.tools.sandbox.sandbox import Sandbox
from bot.tools.sandbox.trace import Trace
from bot.tools.sandbox.visitors import SandboxVisitor
from bot.tools.scenarios.scenario import REST, WIDGET, Scenario, Step


@dataclass(frozen=True)
class Turn:
    """A step that was taken, and what came of it."""

    step: Step
    entries: tuple[Frame, ...]  # what was new to the visitor, without their own words, as `entry` frames show it
    trace: Trace


@dataclass(frozen=True)
class Who:
    """With whom a conversation begins."""

    customer: str | None = None  # a sample customer; `None`: nobody known
    lang: str = LANGUAGES[0]
    channel: str = WIDGET


class Session:
    """One conversation in a sandbox."""

    def __init__(self, sandbox: Sandbox, who: Who) -> None:
        self.sandbox = sandbox
        self.turns: list[Turn] = []
        self._open(who)

    def begin(self, who: Who) -> None:
        """End the conversation, and begin another one. Raises `ConfigurationError` for an unknown customer."""
        before = self.visitor
        self._open(who)
        before.end()
        self.turns.clear()

    def take(self, step: Step) -> Turn:
        """Take one step, and wait until all is said. Raises a `KilatError` when it can't be done."""
        visitor, recorder = self.visitor, self.sandbox.recorder
        seen = len(visitor.entries)
        recorder.begin()
        began = time.perf_counter()
        if step.agent:
            self.sandbox.desk(visitor).do(step.agent, step.verb, step.words)
        elif step.form:
            visitor.fill_in(dict(step.form))
        else:
            visitor.say(step.words)
        visitor.settle()
        took = time.perf_counter() - began
        turn = Turn(step, not_own(visitor, seen), recorder.trace(step.words, took))
        self.turns.append(turn)
        return turn

    def replay(self, steps: Iterable[Step], who: Who | None = None) -> None:
        """Begin anew, and take `steps`. Raises `ConfigurationError` where they would be taken twice for real."""
        if self.sandbox.is_real:
            raise ConfigurationError("this is real: what was said and opened can't be taken back")
        self.begin(who or self.who)
        for step in list(steps):
            self.take(step)

    def undo(self) -> Turn | None:
        """Take the last turn back; returns it, or `None` where there is none."""
        if not self.turns:
            return None
        last = self.turns[-1]
        self.replay([turn.step for turn in self.turns[:-1]])
        return last

    def _open(self, who: Who) -> None:
        if self.sandbox.is_real:
            who = replace(who, channel=REST)
        self.visitor: SandboxVisitor = self.sandbox.visitor(who.channel, who.customer, who.lang)
        self.who = who
        self.greeting = tuple(self.visitor.entries)  # what the conversation began with

    def scenario(self, name: str) -> Scenario:
        """The conversation as a scenario, still without what it expects."""
        steps = tuple(turn.step for turn in self.turns)
        return Scenario(name, steps, self.who.customer, self.who.lang, self.who.channel)


def not_own(visitor: SandboxVisitor, seen: int) -> tuple[Frame, ...]:
    """The visitor's entries after the first `seen`, without their own words."""
    return tuple(entry for entry in visitor.entries[seen:] if entry["author"] != Author.VISITOR.value)
