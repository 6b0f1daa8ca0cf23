"""Tickets as Kilat keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.core.customer import Identity


@dataclass(frozen=True)
class TicketDraft:
    """A ticket as the visitor confirmed it. `key` is the idempotency key: one ticket a key, whatever happens."""

    key: str
    conversation: str
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
    read; `respond_within` what the plan promises."""

    number: str
    draft: TicketDraft
    created_at: datetime
    ref: str | None = None
    cursor: str | None = None
    respond_within: timedelta | None = None


class Tickets(Protocol):
    """The tickets in SQL. Every method raises `StoreUnavailable`."""

    def open_ticket(self, draft: TicketDraft) -> str:
        """Store the ticket and return its number; the same number again for the same key."""

    def unsent(self) -> list[Ticket]:
        """Those that the outside desk does not have yet, the oldest first."""

    def followed(self) -> list[Ticket]:
        """Those at the outside desk whose replies may still come."""

    def sent(self, number: str, ref: str) -> None:
        """The outside desk has it."""

    def heard(self, number: str, cursor: str | None, *, is_over: bool = False) -> None:
        """Its replies were read up to `cursor`; `is_over`: none will come any more."""
