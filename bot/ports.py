"""What the services need from outside, in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.customer import Identity
from bot.core.facts import Facts
from bot.core.routing import Route


class FactsStore(Protocol):
    """The facts of support."""

    def load(self) -> Facts:
        """The current facts; `StoreUnavailable` when they can't be had."""


@dataclass(frozen=True)
class CaseFile:
    """What an agent sees of a case. `tried` lists the questions Kilat answered before; `priority_evidence` says
    why the priority was proposed. No token, only claims."""

    conversation: str
    question: str
    tried: tuple[str, ...]
    language: str
    summary: str
    priority: str | None
    priority_evidence: str | None
    identity: Identity
    route: Route


@dataclass(frozen=True)
class QueuePlace:
    """A case in a queue. `position` counts from 1; `is_new` is false when the conversation already had a place."""

    case_number: str
    position: int
    is_new: bool


class AgentDesk(Protocol):
    """Where live agents work."""

    def open_case(self, case: CaseFile) -> QueuePlace:
        """Queue a case, once a conversation; `StoreUnavailable` when the desk can't take it."""


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


class TicketDesk(Protocol):
    """Where tickets go."""

    def open_ticket(self, draft: TicketDraft) -> str:
        """Store the ticket and return its number; the same number again for the same key."""
