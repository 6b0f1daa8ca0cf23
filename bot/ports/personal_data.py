"""What is kept of a person: found, given to them, erased; and what is too old."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.ports.audit import AuditEvent


@dataclass(frozen=True)
class DataSubject:
    """Whose data, by what is given. `subject` is that of their identity tokens, `email` their address, `key_hash`
    the hash of their browser's key; `conversation`, `case` and `ticket` (numbers of rows) name a single one of them."""

    subject: str | None = None
    email: str | None = None
    key_hash: str | None = None
    conversation_id: str | None = None
    case: int | None = None
    ticket: int | None = None


@dataclass(frozen=True)
class ExternalCopy:
    """Something that lies outside of Kilat, which Kilat can't delete: at which `desk`, its name there (`ref`), and the
    case or ticket that it was made of (`number`)."""

    desk: str
    ref: str
    number: str


@dataclass(frozen=True)
class PersonalRecords:
    """What is kept of somebody: the ids of conversations and of tickets, how many rows in each table, what lies
    outside, and other conversations in which their address was only `mentioned`."""

    conversations: tuple[str, ...] = ()
    tickets: tuple[int, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    outside: tuple[ExternalCopy, ...] = ()
    mentioned: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """True when there is anything to erase."""
        return bool(self.conversations or self.tickets)


@dataclass(frozen=True)
class Erasure:
    """A conversation that was erased, when (UTC), and which cases were open at outside desks (desk, name there)."""

    conversation_id: str
    at: datetime
    links: tuple[tuple[str, str], ...]


class Personal(Protocol):
    """What is kept of people. Every method raises `StoreUnavailable`."""

    def find(self, whose: DataSubject, *, with_mentions: bool = False) -> PersonalRecords:
        """What is kept of somebody; `with_mentions`: conversations in which they are only mentioned count as theirs."""

    def export(self, holdings: PersonalRecords) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The rows of `holdings` by table, without what opens anything."""


class Erasures(Protocol):
    """Deletes conversations and tickets for good. Every method raises `StoreUnavailable`."""

    def erase(self, conversations: Collection[str], tickets: Collection[int], event: AuditEvent) -> Mapping[str, int]:
        """Delete these with all that belongs to them, in one transaction with `event`, which gets the numbers of rows
        by table, as they are returned. A conversation's tickets go only when they are named. Figures by day stay."""

    def compact(self) -> bool:
        """See that the store's files hold no pieces of what was erased; it may hold others up for a while. False: it
        could not be done now."""

    def since(self, at: datetime) -> list[Erasure]:
        """What was erased from `at` on, the oldest first."""

    def again(self, conversations: Collection[str]) -> None:
        """Delete what came after the erasure: written by somebody who was at work on the conversation just then."""

    def settle(self, before: datetime) -> None:
        """Nobody is at work any more on what was erased before this time."""

    def old_conversations(self, before: datetime, limit: int, *, has_desk: bool) -> list[str]:
        """Conversations that are over and rested since before a time, without those whose ticket is open still. Where
        there is a desk for tickets, one is until the desk has it and no reply is awaited; else none is."""

    def old_tickets(self, before: datetime, limit: int, *, has_desk: bool) -> list[int]:
        """Tickets from before a time that are not open, in the same sense."""

    def over(self, conversations: Collection[str]) -> set[str]:
        """Those of these that are over, or gone."""


class Runs(Protocol):
    """Files that `kilat learn` has made of what visitors said."""

    def erase(self, conversations: Collection[str]) -> None:
        """Delete each run that was made of one of these; `StoreUnavailable` when the disk fails."""

    def erase_older(self, before: datetime) -> int:
        """Delete the runs from before a time, and tell how many; `StoreUnavailable` when the disk fails."""
