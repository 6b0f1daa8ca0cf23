"""Tickets as Kilat keeps them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.core.customer import Identity

# Of one conversation: more than anybody has troubles, and less than a burst.
MOST_A_DAY = 5


@dataclass(frozen=True)
class TicketDraft:
    """A ticket as the visitor confirmed it. `key` is the idempotency key: one ticket a key, whatever happens."""

    key: str
    conversation_id: str
    subject: str
    description: str
    email: str
    priority: str
    language: str
    identity: Identity | None
    context: dict[str, Any]


@dataclass(frozen=True)
class Ticket:
    """A stored ticket. `ref` is its name at an outside desk, once it is there; `cursor` how far its replies were
    read."""

    number: str
    draft: TicketDraft
    created_at: datetime
    ref: str | None = None
    cursor: str | None = None

    @property
    def mark(self) -> str:
        """What a desk finds it by: the number, and a part that no other database gives to the same number."""
        return f"{self.number} {hashlib.sha256(self.draft.key.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Receipt:
    """What the visitor is told of their ticket by e-mail, in their language. Nothing that anybody typed stands in it,
    for the address may be a stranger's."""

    subject: str
    text: str


@dataclass(frozen=True)
class TicketExport:
    """What goes to a desk with a ticket, as plain text: `file` is what is known of it, for those who work on it;
    `transcript` the whole conversation. `first_response_due_at` is when the plan promises the first response (UTC).
    `may_write` is false when the address must not be written to: perhaps it is a stranger's. `receipt` is `None` then,
    too, and when the ticket is old."""

    file: str
    transcript: str
    first_response_due_at: datetime | None = None
    may_write: bool = False
    receipt: Receipt | None = None


class Tickets(Protocol):
    """The tickets in SQL. Every method raises `StoreUnavailable`."""

    def open_ticket(self, draft: TicketDraft, *, bounded: bool = True) -> str:
        """Store the ticket and return its number; the same number again for the same key. When it is `bounded`,
        `TooManyTickets` if the conversation has `MOST_A_DAY` of the last 24 hours."""

    def unsent(self) -> list[Ticket]:
        """Those that the outside desk does not have yet, the oldest first."""

    def followed(self) -> list[Ticket]:
        """Those at the outside desk whose replies may still come."""

    def is_there(self, number: str) -> bool:
        """False for one that was erased."""

    def sent(self, number: str, ref: str) -> bool:
        """The outside desk has it; false when the ticket was erased meanwhile."""

    def earlier(self, ticket: Ticket, since: datetime) -> int:
        """How many tickets before this one, after `since`, gave the same address or came from its conversation."""

    def heard(self, number: str, cursor: str | None, *, is_over: bool = False) -> None:
        """Its replies were read up to `cursor`; `is_over`: none will come any more."""
