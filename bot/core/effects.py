"""What a reply does besides speaking. The bot only decides on an effect; whoever owns the conversation carries it out,
in the transaction that stores the reply. The effect's bubble is worded then, as it shows a number or a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.core.customer import Identity
from bot.core.routing import Route


@dataclass(frozen=True)
class SlaTargets:
    """The times that plan and priority promise, counted from the opening of the case; `None`: no promise."""

    first_response_within: timedelta | None = None
    resolution_within: timedelta | None = None
    escalates: bool = False  # a late case moves to the next tier; the technical account manager is alerted


@dataclass(frozen=True)
class CaseFile:
    """The content of a new case."""

    conversation_id: str
    question: str
    tried: tuple[str, ...]  # the visitor's earlier questions, which the bot answered
    language: str
    summary: str
    priority: str | None
    priority_evidence: str | None  # why the priority was proposed
    identity: Identity  # the claims, without the token
    route: Route
    terms: SlaTargets = SlaTargets()


@dataclass(frozen=True)
class TicketDraft:
    """A ticket as the visitor confirmed it."""

    key: str  # the idempotency key: one ticket per key
    conversation_id: str
    subject: str
    description: str
    email: str
    priority: str
    language: str
    identity: Identity | None
    context: dict[str, Any]


@dataclass(frozen=True)
class OpenCase:
    """Queue the visitor; one who waits already keeps the case."""

    case_file: CaseFile
    values: Mapping[str, str] = field(default_factory=dict)  # of the response; without `wait`, it is that of the place

    @property
    def language(self) -> str:
        """The language of the visitor's bubble."""
        return self.case_file.language


@dataclass(frozen=True)
class OpenTicket:
    """Open a ticket, once per `draft.key`."""

    draft: TicketDraft
    times: str = ""  # the response times that the plan promises, in words
    bounded: bool = True  # a visitor's tickets are limited per day, an agent's are not

    @property
    def language(self) -> str:
        """The language of the visitor's bubble."""
        return self.draft.language


Effect = OpenCase | OpenTicket
