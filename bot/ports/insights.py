"""The data that figures are computed from: the log and the cases of some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from bot.core.conversation import Author, Kind


class SpokenEntry(NamedTuple):
    """The part of an entry that counts for figures."""

    conversation_id: str
    lang: str  # of the conversation
    seq: int
    at: datetime
    author: Author
    kind: Kind
    client_id: str | None = None
    topic: str | None = None  # of the question, as the bot understood it (`bot.services.insights.learned`)
    missed: bool = False  # True: the bot did not understand the question
    card: str | None = None  # the card's type
    offers: bool = False  # True: a button leads to a human
    score: int | None = None  # of a rating
    solved: bool | None = None  # of a rating
    text: str | None = None  # of a visitor's message


@dataclass(frozen=True)
class CaseRecord:
    """The course of a case. Times are UTC."""

    conversation_id: str
    lang: str
    created_at: datetime
    first_taken_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    agent: str | None  # the last agent
    first_response_due_at: datetime | None
    first_response_at: datetime | None
    resolution_due_at: datetime | None
    steps_done: tuple[str, ...] = ()  # SLA steps


class RetainedFigures(NamedTuple):
    """A count that outlives erased conversations."""

    day: date
    lang: str
    name: str  # of a mark of `bot.services.insights`, or `topic:` and the topic
    agent: str | None  # whose work it counts for; `None`: the whole desk's
    value: float  # of the mark
    times: int  # how often the mark occurred


@dataclass(frozen=True)
class Records:
    """The data of some days."""

    said: tuple[SpokenEntry, ...]  # by conversation, then in order
    cases: tuple[CaseRecord, ...]  # the oldest first
    kept: tuple[RetainedFigures, ...] = ()  # of erased conversations


class History(Protocol):
    """Reads the log and the cases for figures."""

    def read(self, begin: datetime, end: datetime) -> Records:
        """The entries and the cases from `begin` to before `end`, and the retained figures of these days in the time
        zone of `begin`. Raises `StoreUnavailable`."""
