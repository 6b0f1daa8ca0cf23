"""The log of conversations, and the files in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.conversation import Change, Changed, Conversation, Entry


class Conversations(Protocol):
    """The log of conversations. Every method raises `StoreUnavailable` when the store does not answer; those that write
    raise `NoConversation` for a conversation that isn't there (any more)."""

    def create(self, conversation: Conversation, key_hash: str) -> Conversation:
        """Store a new conversation and the hash of the key that opens it."""

    def join_or_create(self, conversation: Conversation, key_hash: str) -> Conversation:
        """The newest open conversation of the customer that `chat` belongs to, which the key opens from now on; where
        there is none, `create`. Of several at the same moment the first creates, and the others join."""

    def add_key(self, conversation_id: str, key_hash: str) -> None:
        """One more key (another browser of the same customer) that opens the conversation."""

    def find(self, key_hash: str) -> Conversation | None:
        """The conversation that the key opens, a closed one too."""

    def get(self, conversation_id: str) -> Conversation | None:
        """The conversation of this id."""

    def latest_of(self, subject: str) -> Conversation | None:
        """The conversation of a signed-in customer that is open still, the newest."""

    def write(self, changes: Sequence[Change]) -> list[Changed]:
        """Make all changes in one transaction, in their order; on return they are durable. One result a change.
        `NoConversation` when one of the conversations isn't there."""

    def entries(
        self, conversation_id: str, *, after: int = 0, before: int | None = None, limit: int = 500
    ) -> list[Entry]:
        """Entries with `after < seq < before` in order: the oldest `limit` of them after `after`; with `before`, or
        without any bound, the newest `limit`."""

    def unanswered(self) -> list[str]:
        """Conversations in which a visitor's entry waits for the bot."""

    def due(self, now: datetime) -> list[Conversation]:
        """Conversations whose `wakes_at` has passed."""


@dataclass(frozen=True)
class StoredFile:
    """A file of a conversation. `size` in bytes; `media_type` was told by the content."""

    id: str
    conversation_id: str
    name: str
    media_type: str
    size: int


class Files(Protocol):
    """Where visitors' files are kept."""

    def save(self, file: StoredFile, content: bytes) -> None:
        """Keep it, whole or not at all; the same id again changes nothing."""

    def load(self, conversation_id: str, file_id: str) -> bytes | None:
        """The content, `None` when the conversation has no such file."""

    def erase(self, conversation_id: str) -> int:
        """Delete all files of a conversation; how many there were."""

    def erase_older(self, conversation_id: str, before: datetime) -> int:
        """Delete the files of a conversation that came before a time (UTC); how many."""

    def of(self, conversation_id: str) -> tuple[str, ...]:
        """The ids of its files."""

    def conversations(self) -> Iterator[str]:
        """Every conversation that has files."""
