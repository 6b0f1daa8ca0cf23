"""Tickets, and their store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.effects import TicketDraft

# The limit of tickets per conversation in 24 hours.
MOST_A_DAY = 5


@dataclass(frozen=True)
class Ticket:
    """A stored ticket."""

    number: str
    draft: TicketDraft
    created_at: datetime
    ref: str | None = None  # the ticket's id at the outside desk
    cursor: str | None = None  # where to continue reading the desk's replies

    @property
    def mark(self) -> str:
        """The key by which a desk finds the ticket: the number, and a suffix that differs between databases."""
        return f"{self.number} {hashlib.sha256(self.draft.key.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Receipt:
    """The confirmation e-mail in the visitor's language. It quotes no typed text, as the address may be a
    stranger's."""

    subject: str
    text: str


@dataclass(frozen=True)
class TicketExport:
    """What a desk gets with a ticket."""

    file: str  # the known facts about the ticket, plain text for the agents
    transcript: str  # the whole conversation, plain text
    first_response_due_at: datetime | None = None  # as the plan promises (UTC)
    may_write: bool = False  # False: the address may be a stranger's; send no mail
    receipt: Receipt | None = None  # `None`: no mail may be sent, or the ticket is old


class Tickets(Protocol):
    """The store of tickets. Every method raises `StoreUnavailable`."""

    def open_ticket(self, draft: TicketDraft, *, bounded: bool = True) -> str:
        """Store the ticket and return its number; a repeated key returns the same number. When `bounded`, raises
        `TooManyTickets` if the conversation has `MOST_A_DAY` tickets of the last 24 hours."""

    def unsent(self) -> list[Ticket]:
        """Tickets not yet sent to the outside desk, the oldest first."""

    def followed(self) -> list[Ticket]:
        """Tickets at the outside desk that may still get replies."""

    def is_there(self, number: str) -> bool:
        """False when the ticket was erased."""

    def sent(self, number: str, ref: str) -> bool:
        """Record the ticket's id at the outside desk. False: the ticket was erased meanwhile."""

    def earlier(self, ticket: Ticket, since: datetime) -> int:
        """The number of tickets between `since` and this one with the same address or conversation."""

    def save_reply_cursor(self, number: str, cursor: str | None, *, is_over: bool = False) -> None:
        """Record that the replies were read up to `cursor`; `is_over`: no more replies will come."""
