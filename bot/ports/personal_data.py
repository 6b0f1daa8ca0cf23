"""The data that Kilat keeps about a person: found, exported and erased; and data that is too old."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.ports.audit import AuditEvent


@dataclass(frozen=True)
class DataSubject:
    """Whose data, by every field that is given."""

    subject: str | None = None  # of the person's identity tokens
    email: str | None = None
    key_hash: str | None = None  # the hash of the key in the person's browser
    conversation_id: str | None = None
    case: int | None = None
    ticket: int | None = None


@dataclass(frozen=True)
class ExternalCopy:
    """A copy outside of Kilat, which Kilat can't delete."""

    desk: str
    ref: str  # the copy's id at the desk
    number: str  # of the case or ticket that was copied


@dataclass(frozen=True)
class PersonalRecords:
    """The data that Kilat keeps about a person."""

    conversations: tuple[str, ...] = ()  # ids
    tickets: tuple[int, ...] = ()  # ids
    rows: Mapping[str, int] = field(default_factory=dict)  # the number of rows by table
    outside: tuple[ExternalCopy, ...] = ()
    mentioned: tuple[str, ...] = ()  # ids of other conversations, which only mention the person's address

    def __bool__(self) -> bool:
        """True when there is anything to erase."""
        return bool(self.conversations or self.tickets)


@dataclass(frozen=True)
class Erasure:
    """The trace of an erased conversation."""

    conversation_id: str
    at: datetime  # UTC
    links: tuple[tuple[str, str], ...]  # (desk, ref) of its cases that were open at outside desks


class Personal(Protocol):
    """Finds a person's data. Every method raises `StoreUnavailable`."""

    def find(self, whose: DataSubject, *, with_mentions: bool = False) -> PersonalRecords:
        """The person's data; `with_mentions` adds the conversations that only mention the person's address."""

    def export(self, holdings: PersonalRecords) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The rows of `holdings` by table, without keys and other secrets."""


class Erasures(Protocol):
    """Deletes conversations and tickets for good. Every method raises `StoreUnavailable`."""

    def erase(self, conversations: Collection[str], tickets: Collection[int], event: AuditEvent) -> Mapping[str, int]:
        """Delete these conversations and tickets with all that belongs to them, and record `event`, in one transaction.
        Returns the number of deleted rows by table, which `event` gets as well. The tickets of a conversation are
        deleted only if `tickets` names them. Figures by day stay."""

    def compact(self) -> bool:
        """Remove the remains of deleted rows from the store's files; other writers may have to wait. False: impossible
        at the moment."""

    def since(self, at: datetime) -> list[Erasure]:
        """The erasures from `at` on, the oldest first."""

    def again(self, conversations: Collection[str]) -> None:
        """Delete the rows that another process wrote to these conversations while they were erased."""

    def settle(self, before: datetime) -> None:
        """Delete the traces of erasures before this time; no process works on these conversations any more."""

    def old_conversations(self, before: datetime, limit: int, *, has_desk: bool) -> list[str]:
        """At most `limit` conversations that are closed, unchanged since `before`, and without an open ticket. With a
        ticket desk (`has_desk`), a ticket is open until the desk has it and awaits no reply; without one, none is."""

    def old_tickets(self, before: datetime, limit: int, *, has_desk: bool) -> list[int]:
        """At most `limit` tickets from before `before` that are not open (as in `old_conversations`)."""

    def over(self, conversations: Collection[str]) -> set[str]:
        """Which of these conversations are closed or deleted."""


class Runs(Protocol):
    """The files of `kilat learn`, which hold visitors' questions. Every method raises `StoreUnavailable`."""

    def erase(self, conversations: Collection[str]) -> None:
        """Delete each run that holds a question of one of these conversations."""

    def erase_older(self, before: datetime) -> int:
        """Delete the runs from before `before`; returns their number."""
