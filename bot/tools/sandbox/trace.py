"""What happened while one message was answered, for people who build the bot."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from typing import Any

from bot.core.conversation import Change, Changed
from bot.core.question import Question
from bot.services.dialogue.manager import Reply
from bot.services.dialogue.state import State

_IS_ASIDE = ContextVar("is_aside", default=False)


@dataclass(frozen=True)
class Transition:
    """A step of a conversation's status."""

    before: str  # a value of `Status`
    event: str  # a value of `Event`
    after: str  # a value of `Status`

    def __str__(self) -> str:
        return f"{self.before} → {self.event} → {self.after}"


@dataclass(frozen=True)
class Trace:
    """One message: how it was understood, what answered it, and what that changed."""

    text: str
    intent: str = ""  # as classified, or of the button; empty where nothing was
    confidence: float = 0.0  # 0 to 1
    ranking: tuple[tuple[str, float], ...] = ()  # (intent, confidence), the likeliest first
    nearest: tuple[tuple[str, str, float], ...] = ()  # (training line, its intent, similarity), the nearest first
    entities: tuple[tuple[str, str], ...] = ()  # (kind, value) in the order of the text
    action: str = ""  # Rasa's action; empty where the gateway answered alone
    answered: str | None = None  # the intent that was answered; `None`: the message answered a form's question
    question: Mapping[str, Any] = field(default_factory=dict)  # what was read (`Question`), without empty fields
    facts: tuple[str, ...] = ()  # rows that were read, such as "phone_lines JP" and "rules premier_tam"
    responses: tuple[str, ...] = ()  # keys of `data/locales/<language>/responses/` that were worded
    effects: tuple[str, ...] = ()  # such as "OpenTicket"
    transitions: tuple[Transition, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)  # the bot's state (`State.slots`) before the message
    after: Mapping[str, Any] = field(default_factory=dict)  # and after it
    seconds: float = 0.0  # from the message to its last entry
    stages: Mapping[str, float] = field(default_factory=dict)  # seconds, by the stage's name; one may hold others

    @property
    def language(self) -> str:
        """The language of the reply; empty where no reply was worded."""
        return str(self.after.get("language") or "")

    @property
    def route(self) -> str | None:
        """Where a hand-off leads; `None` without one."""
        return self.after.get("route")

    @property
    def field(self) -> str | None:
        """The form and its field that is asked next, such as "ticket.subject"."""
        form = self.after.get("form")
        return f"{form['kind']}.{form['asked']}" if form and not form.get("paused") else None

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """The fields of the state that changed: (before, after)."""
        return {name: (self.before.get(name), value) for name, value in self.after.items()
                if self.before.get(name) != value}


class Recorder:
    """Notes what happens while a message is answered; one message at a time."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget what was noted: the next message comes."""
        self._parse: Mapping[str, Any] = {}
        self._state: State | None = None
        self._reply: Reply | None = None
        self._action = ""
        self._used: dict[str, dict[str, None]] = {}
        self._transitions: list[Transition] = []
        self._stages: dict[str, float] = {}

    def parsed(self, parse_data: Mapping[str, Any]) -> None:
        """Rasa's NLU has read a message."""
        self._parse = parse_data

    def replied(self, state: State, reply: Reply) -> None:
        """The dialogue manager has answered."""
        self._state, self._reply = state, reply

    def acted(self, action: str) -> None:
        """Rasa has called an action."""
        self._action = action

    def used(self, kind: str, key: str) -> None:
        """A fact (`phone_lines` `JP`) or a response (`responses` `utter_greet`) was read."""
        if not _IS_ASIDE.get():
            self._used.setdefault(kind, {})[key] = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is read within it belongs to no message, although one may be answered meanwhile."""
        token = _IS_ASIDE.set(True)
        try:
            yield
        finally:
            _IS_ASIDE.reset(token)

    def wrote(self, change: Change, changed: Changed, transition: Transition | None) -> None:
        """A change was stored; `transition` is the step that the conversation's status took."""
        if transition:
            self._transitions.append(transition)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage; one that runs several times adds up."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._stages[name] = self._stages.get(name, 0.0) + time.perf_counter() - began

    def trace(self, text: str, seconds: float) -> Trace:
        """What was noted since `begin`, of the message `text` that took so many seconds."""
        parse, reply = self._parse, self._reply
        used = dict(self._used)
        responses = tuple(used.pop("responses", {}))
        return Trace(
            text=text,
            intent=str((parse.get("intent") or {}).get("name") or (reply.intent if reply else None) or ""),
            confidence=float((parse.get("intent") or {}).get("confidence") or 0.0),
            ranking=tuple((item["name"], item["confidence"]) for item in parse.get("intent_ranking") or ()),
            nearest=tuple((near["text"], near["intent"], near["similarity"])
                          for near in (parse.get("reason") or {}).get("nearest") or ()),
            entities=tuple((found["entity"], str(found["value"])) for found in parse.get("entities") or ()
                           if found["entity"] != "language"),
            action=self._action,
            answered=reply.intent if reply else None,
            question=_filled(reply.question) if reply and reply.question else {},
            facts=tuple(f"{kind} {key}" for kind, keys in used.items() for key in keys),
            responses=responses,
            effects=tuple(type(bubble.effect).__name__ for bubble in reply.bubbles if bubble.effect) if reply else (),
            transitions=tuple(self._transitions),
            before=self._state.slots() if self._state else {},
            after=reply.state.slots() if reply else {},
            seconds=seconds,
            stages=dict(self._stages),
        )


def _filled(question: Question) -> dict[str, Any]:
    """The fields of a question that differ from an empty one, without its text."""
    empty = Question(question.topic)
    return {f.name: getattr(question, f.name) for f in fields(question)
            if f.name != "text" and (f.name == "topic" or getattr(question, f.name) != getattr(empty, f.name))}
