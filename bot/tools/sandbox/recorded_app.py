"""The application with a recorder: the same services, each of which notes what it reads and does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.facts import SqlFacts
from bot.adapters.wording_reader import read_wording
from bot.bootstrap import App, build
from bot.core.conversation import Change, Changed, Event, Status, transitions
from bot.core.customer import Customer
from bot.core.facts import Facts, Rule
from bot.ports import Conversations, FactsStore, Queue
from bot.services.dialogue.manager import DialogueManager, Reply
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.local_responder import LocalResponder
from bot.services.wording import Wording
from bot.settings import Settings
from bot.tools.sandbox.trace import Recorder, Transition

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
Note = Callable[[str], None]


@dataclass(frozen=True)
class RecordedApp(App):
    """An `App` whose dialogue manager is recorded, too."""

    recorder: Recorder = field(default_factory=Recorder)

    @property
    def dialogue_manager(self) -> DialogueManager:
        """See `App`."""
        return _RecordedManager(self.wording, self.cases, self.settings.community_url, self.recorder)

    @property
    def responder(self) -> LocalResponder:
        """See `App`."""
        told = self.settings
        return _RecordedResponder(self.recorder, self.dialogue_manager, self.wording, self.facts, told.community_url,
                                  told.sign_in_url, told.privacy_url)


def build_recorded(settings: Settings, recorder: Recorder) -> RecordedApp:
    """Join the services as `bootstrap.build` does, with `recorder` in each of them."""
    wording = _recorded_wording(read_wording(settings.data), recorder)
    app = build(settings, wording=wording, facts=_RecordedFacts(SqlFacts(open_engine(settings.database_url)), recorder))
    parts = {f.name: getattr(app, f.name) for f in fields(app)}
    conversations: Any = _RecordedConversations(app.conversations, recorder)
    return RecordedApp(**{**parts, "conversations": conversations}, recorder=recorder)


class _RecordedManager(DialogueManager):
    def __init__(self, wording: Wording, queue: Queue, community_url: str, recorder: Recorder) -> None:
        super().__init__(wording, queue, community_url)
        self._recorder = recorder

    def reply(self, turn: Turn, state: State, facts: Facts) -> Reply:
        """See `DialogueManager`."""
        with self._recorder.stage("dialogue"):
            reply = super().reply(turn, state, facts)
        self._recorder.replied(state, reply)
        return reply

    def submit(
        self, values: Mapping[str, str], turn: Turn, state: State, facts: Facts, *, bounded: bool = True
    ) -> Reply:
        """See `DialogueManager`."""
        reply = super().submit(values, turn, state, facts, bounded=bounded)
        self._recorder.replied(state, reply)
        return reply

    def file(self, turn: Turn, state: State, facts: Facts) -> Reply:
        """See `DialogueManager`."""
        reply = super().file(turn, state, facts)
        self._recorder.replied(state, reply)
        return reply


class _RecordedResponder(LocalResponder):
    def __init__(self, recorder: Recorder, *parts: Any) -> None:
        super().__init__(*parts)
        self._recorder = recorder

    def contact_options(self, customer: Customer | None, lang: str) -> list[dict[str, Any]]:
        """See `LocalResponder`. Clients are shown them at any time, also while a message is answered."""
        with self._recorder.aside():
            return super().contact_options(customer, lang)


class _RecordedConversations:
    """Delegates to the store, and notes the steps of each conversation's status."""

    def __init__(self, inner: Conversations, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder
        self._status: dict[str, Status] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def write(self, changes: Sequence[Change]) -> list[Changed]:
        """See `Conversations`."""
        with self._recorder.stage("store"):
            done = self._inner.write(changes)
        for change, changed in zip(changes, done, strict=True):
            if changed.is_new:
                self._recorder.wrote(change, changed, self._transition(change, changed))
        return done

    def _transition(self, change: Change, changed: Changed) -> Transition | None:
        before = self._status.get(change.conversation_id, Status.BOT)
        self._status[change.conversation_id] = changed.conversation.status
        event = _event_of(before, change.event, changed.conversation.status) if change.event else None
        return Transition(before.value, event.value, changed.conversation.status.value) if event else None


def _event_of(before: Status, event: Event, after: Status) -> Event | None:
    """What led from `before` to `after`: `event`, or what the store has made of it (a refused ticket is an offer);
    `None` where `before` does not allow it."""
    steps = {step: led_to for status, step, led_to in transitions() if status is before}
    if event not in steps or steps[event] is after:
        return event if event in steps else None
    return next((step for step, led_to in steps.items() if led_to is after), None)


class _RecordedFacts(FactsStore):
    def __init__(self, inner: FactsStore, recorder: Recorder) -> None:
        self._inner, self._recorder = inner, recorder
        self._last: tuple[Facts, Facts] | None = None

    def load(self) -> Facts:
        """See `FactsStore`."""
        facts = self._inner.load()
        if self._last is None or self._last[0] is not facts:
            self._last = (facts, self._recorded(facts))
        return self._last[1]

    def _recorded(self, facts: Facts) -> Facts:
        def note(kind: str) -> Note:
            return lambda key: self._recorder.used(kind, key)

        return _NotingFacts(**{
            **vars(facts),
            "rules": tuple(_RecordedRule(**vars(rule)).noting(note("rules")) for rule in facts.rules),
            "phone_lines": _Noting(facts.phone_lines, note("phone_lines")),
            "priorities": _Noting(facts.priorities, note("priorities")),
            "channels": _Noting(facts.channels, note("channels")),
        })


class _NotingFacts(Facts):
    """Facts that note the rows of the plan matrix whose plan or feature was asked for."""

    def plans_with(self, feature: str) -> tuple[str, ...]:
        """See `Facts`."""
        _read(rule for rule in self.rules if rule.feature == feature)
        return super().plans_with(feature)

    def features_of(self, plan: str) -> tuple[str, ...]:
        """See `Facts`."""
        _read(rule for rule in self.rules if rule.plan == plan)
        return super().features_of(plan)


def _read(rules: Iterable[Rule]) -> None:
    for rule in rules:
        _ = rule.who


class _RecordedRule(Rule):
    """A row of the plan matrix that notes when somebody reads for whom it is, or names it: to pass it over takes
    less."""

    def noting(self, note: Note) -> _RecordedRule:
        """This rule, with its note."""
        object.__setattr__(self, "_note", note)
        return self

    def __getattribute__(self, name: str) -> Any:
        if name in ("who", "id"):
            object.__getattribute__(self, "_note")(object.__getattribute__(self, "id"))
        return object.__getattribute__(self, name)


class _Noting(dict[_Key, _Value]):
    """A mapping that notes the keys whose values are read, one by one or all."""

    def __init__(self, inner: Any, note: Note) -> None:
        super().__init__(inner)
        self._note = note

    def __getitem__(self, key: _Key) -> _Value:
        value = super().__getitem__(key)
        self._note(str(key))
        return value

    def get(self, key: Any, default: Any = None) -> Any:
        """See `dict`."""
        value = super().get(key, default)
        if key in self:
            self._note(str(key))
        return value

    def values(self) -> Any:
        """See `dict`."""
        return [self[key] for key in self]

    def items(self) -> Any:
        """See `dict`."""
        return [(key, self[key]) for key in self]


def _recorded_wording(wording: Wording, recorder: Recorder) -> Wording:
    def note(key: str) -> None:
        recorder.used("responses", key)

    return replace(wording, responses={language: _Noting(texts, note) for language, texts in wording.responses.items()})
