"""The conversation that is inspected: begun, played step by step, edited. Its methods wait, so they belong into a
thread beside the event loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.core.errors import ConfigurationError, KilatError
from bot.live.visitor_sessions import hash_of
from bot.tools.inspector.timeline import Item, Timeline
from bot.tools.inspector.turn_recorder import TurnRecorder
from bot.tools.sandbox.in_process_gateway import pause
from bot.tools.sandbox.sandbox import Sandbox
from bot.tools.sandbox.session import Who
from bot.tools.sandbox.visitors import SandboxDesk, WidgetVisitor
from bot.tools.scenarios.player import Player
from bot.tools.scenarios.reader import typed
from bot.tools.scenarios.scenario import Scenario, Step, command

FREE = Scenario("", ())  # nothing is expected in it


@dataclass(frozen=True)
class Planned:
    """A step to come."""

    step: Step
    was: Item | None = None  # the same step before the conversation was edited


class Inspection:
    """One conversation at a time, which the widget of the page shows too."""

    def __init__(self, sandbox: Sandbox, timeline: Timeline, recorder: TurnRecorder, who: Who) -> None:
        self.timeline = timeline
        self.who = who
        self.scenario = FREE
        self.plan: deque[Planned] = deque()
        self.begun = 0  # counts the conversations that began here, and not in the widget
        self.visitor: WidgetVisitor | None = None
        self._sandbox = sandbox
        self._recorder = recorder

    @property
    def is_joined(self) -> bool:
        """True while steps can be played into the conversation that is shown."""
        return self.visitor is not None and self.visitor.conversation_id == self.timeline.conversation_id

    def start_with(self, scenario: Scenario) -> None:
        """The first conversation goes by `scenario`."""
        self.who, self.scenario = Who(scenario.customer, scenario.lang), scenario

    def begin(self, who: Who, scenario: Scenario = FREE) -> None:
        """A new conversation, with the steps of `scenario` to come. Raises `ConfigurationError` for an unknown
        customer."""
        self._open(who, scenario, [Planned(step) for step in scenario.steps])

    def join(self, key: str) -> None:
        """Follow the widget, which began another conversation by itself, with its `key`."""
        visitor, gateway = self.visitor, self._sandbox.gateway
        assert gateway
        stored = gateway.conversations.find(hash_of(key))
        if visitor and stored and stored.id == self.timeline.conversation_id and not self.is_joined:
            visitor.leave()
            token = visitor.token if stored.identity else None
            self._enter(WidgetVisitor(gateway, self._sandbox.app.wording, token, stored.lang, key), FREE)
            self.plan.clear()
            self.timeline.changed()

    def next(self) -> None:
        """Play the next step, if there is one. Raises a `KilatError` when it can't be done."""
        if self.plan:
            planned = self.plan.popleft()
            self._take(planned.step, planned.was)

    def act(self, line: str) -> None:
        """Do what `line` says as an agent, such as "take" and "say Halo". Raises a `KilatError` when it can't be
        done."""
        step = typed(line)
        self._take(step if step.agent else command(line))

    def edit(self, number: int, words: str | None, form: Mapping[str, str] | None) -> None:
        """Begin anew, with all steps to come and the item `number` changed: other words, another form, or left out
        (`None`). Raises a `KilatError` for what can't be done."""
        item = next((item for item in self.timeline.items if item.number == number and item.step), None)
        if item is None or item.step is None:
            raise ConfigurationError(f"{number} is no turn that can be played again")
        edited = _edited(item.step, words, form)
        steps = [(edited if other is item else other.step, other) for other in self.timeline.items]
        again = [Planned(step, other) for step, other in steps if step]
        self._open(self.who, self.scenario, [*again, *self.plan])

    def _open(self, who: Who, scenario: Scenario, plan: list[Planned]) -> None:
        before, visitor = self.visitor, self._sandbox.visitor(who.channel, who.customer, who.lang)
        assert isinstance(visitor, WidgetVisitor)
        if before:
            before.end()  # a case of it would wait in the queue before the new one
        self._enter(visitor, scenario)
        self.who, self.plan, self.begun = who, deque(plan), self.begun + 1
        self.timeline.changed()

    def _enter(self, visitor: WidgetVisitor, scenario: Scenario) -> None:
        self.visitor, self.scenario = visitor, scenario
        settings = self._sandbox.app.settings
        self._player = Player(scenario, visitor, lambda: self._recorded(visitor), settings.data, pause)

    def _take(self, step: Step, was: Item | None = None) -> None:
        if not self.is_joined:
            raise ConfigurationError("the widget shows another conversation now; begin anew")
        before = len(self.timeline.items)
        played = self._player.take(step)
        if item := self.timeline.done_after(before):
            item.step, item.was, item.problems = step, was, played.problems
            self.timeline.changed(item)
        elif played.problems:
            raise KilatError("; ".join(played.problems))

    def _recorded(self, visitor: WidgetVisitor) -> SandboxDesk:
        assert self._sandbox.gateway
        return _RecordedDesk(self._sandbox.gateway, visitor, self._recorder)


class _RecordedDesk(SandboxDesk):
    """Tells the recorder which step an agent takes."""

    def __init__(self, gateway: Any, visitor: WidgetVisitor, recorder: TurnRecorder) -> None:
        super().__init__(gateway, visitor)
        self._recorder = recorder

    def do(self, agent: str, verb: str, words: str) -> None:
        """See `DeskSide`."""
        self._recorder.acting = Step(words, agent, verb)
        try:
            super().do(agent, verb, words)
        finally:
            self._recorder.acting = None


def _edited(step: Step, words: str | None, form: Mapping[str, str] | None) -> Step | None:
    if form is not None and step.form:
        return replace(step, form=tuple((name, str(form.get(name, value))) for name, value in step.form))
    if not words or not words.strip():
        return None
    if step.agent:
        return replace(command(words, step.agent), expected=step.expected, line=step.line)
    return replace(step, words=words.strip(), form=())
