"""What figures are made of: what the log and the cases say of some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from bot.core.conversation import Author, Kind


class SpokenEntry(NamedTuple):
    """What counts of an entry. `lang` is its conversation's; `topic` and `missed` what the bot learned of the question
    (`bot.services.insights.learned`), `card` the type of a card, `offers` whether a button leads to a human, `score`
    and `solved` of a rating, `text` what a visitor wrote."""

    conversation_id: str
    lang: str
    seq: int
    at: datetime
    author: Author
    kind: Kind
    client_id: str | None = None
    topic: str | None = None
    missed: bool = False
    card: str | None = None
    offers: bool = False
    score: int | None = None
    solved: bool | None = None
    text: str | None = None


@dataclass(frozen=True)
class CaseRecord:
    """What came of a case. `first_taken_at` is when an agent had it at first; `agent` who had it last; `steps_done` the
    steps of its clocks; times are UTC."""

    conversation_id: str
    lang: str
    created_at: datetime
    first_taken_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    agent: str | None
    first_response_due_at: datetime | None
    first_response_at: datetime | None
    resolution_due_at: datetime | None
    steps_done: tuple[str, ...] = ()


class RetainedFigures(NamedTuple):
    """What stays of conversations that were erased: how often (`times`) something counted on a day, in a language.
    `name` and `value` are those of a mark of `bot.services.insights`, or `topic:` and the topic; `agent` is whose own
    work it counts for, `None` the whole desk's."""

    day: date
    lang: str
    name: str
    agent: str | None
    value: float
    times: int


@dataclass(frozen=True)
class Records:
    """Entries in their order, conversation by conversation, cases by their opening, and what stays of those that were
    erased."""

    said: tuple[SpokenEntry, ...]
    cases: tuple[CaseRecord, ...]
    kept: tuple[RetainedFigures, ...] = ()


class History(Protocol):
    """The log and the cases, for figures."""

    def read(self, begin: datetime, end: datetime) -> Records:
        """What was said, and which cases were opened, from `begin` until before `end`; what stays of erased ones by the
        days of `begin`'s time zone. `StoreUnavailable`."""
