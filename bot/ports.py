"""What the services need from outside, in our own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.core.answer import Bubble
from bot.core.chat import Change, Changed, Chat, Entry
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
    tier: int = 1


class AgentDesk(Protocol):
    """Where live agents work."""

    def open_case(self, case: CaseFile) -> QueuePlace:
        """Queue a case, once a conversation; `StoreUnavailable` when the desk can't take it."""

    def place(self, conversation: str) -> QueuePlace | None:
        """The place of the conversation's waiting case, `None` when none waits."""

    def leave(self, conversation: str) -> bool:
        """Take the conversation's waiting case out of the queue; false when none waited."""


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


class Conversations(Protocol):
    """The log of conversations. Every method raises `StoreUnavailable` when the store does not answer."""

    def create(self, chat: Chat, key_hash: str) -> Chat:
        """Store a new conversation and the hash of the key that opens it."""

    def add_key(self, conversation: str, key_hash: str) -> None:
        """One more key (another browser of the same customer) that opens the conversation."""

    def find(self, key_hash: str) -> Chat | None:
        """The conversation that the key opens, a closed one too."""

    def get(self, conversation: str) -> Chat | None:
        """The conversation of this id."""

    def latest_of(self, subject: str) -> Chat | None:
        """The conversation of a signed-in customer that is open still, the newest."""

    def write(self, changes: Sequence[Change]) -> list[Changed]:
        """Make all changes in one transaction, in their order; on return they are durable. One result a change."""

    def entries(self, conversation: str, *, after: int = 0, before: int | None = None, limit: int = 500) -> list[Entry]:
        """Entries with `after < seq < before` in order: the oldest `limit` of them after `after`; with `before`, or
        without any bound, the newest `limit`."""

    def unanswered(self) -> list[str]:
        """Conversations in which a visitor's entry waits for the bot."""

    def due(self, now: datetime) -> list[Chat]:
        """Conversations whose `wakes_at` has passed."""


@dataclass(frozen=True)
class BotTurn:
    """A visitor's message for the bot. `message_id` is its idempotency key: the same message with the same `state`
    gives the same effects, however often it is sent. `state` is what the bot remembered before it, `history` the
    visitor's texts before it (the newest last)."""

    conversation: str
    message_id: str
    text: str
    state: Mapping[str, Any]
    history: tuple[str, ...] = ()
    identity: Identity | None = None
    identity_problem: str | None = None


@dataclass(frozen=True)
class BotReply:
    """What the bot says, and what it remembers from now on."""

    bubbles: tuple[Bubble, ...]
    state: Mapping[str, Any]


class Bot(Protocol):
    """Whoever understands free text."""

    async def reply(self, turn: BotTurn) -> BotReply:
        """The reply; `BotUnavailable` when it can't be had now: ask again later."""

    async def is_up(self) -> bool:
        """True when it would answer."""

    async def close(self) -> None:
        """Give back what it holds; nothing is asked of it any more."""


@dataclass(frozen=True)
class StoredFile:
    """A file of a conversation. `size` in bytes; `media_type` was told by the content."""

    id: str
    conversation: str
    name: str
    media_type: str
    size: int


class Files(Protocol):
    """Where visitors' files are kept."""

    def save(self, file: StoredFile, content: bytes) -> None:
        """Keep it, whole or not at all; the same id again changes nothing."""

    def load(self, conversation: str, file_id: str) -> bytes | None:
        """The content, `None` when the conversation has no such file."""
