"""The stores of conversations and of their files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.conversation import Change, Changed, Conversation, Entry


class Conversations(Protocol):
    """The store of conversations. Every method raises `StoreUnavailable`; methods that write raise `NoConversation` for
    an unknown or erased conversation."""

    def create(self, conversation: Conversation, key_hash: str) -> Conversation:
        """Store a new conversation and the hash of the key that opens it."""

    def join_or_create(self, conversation: Conversation, key_hash: str) -> Conversation:
        """Add the key to the newest open conversation of the customer of `conversation`; without one, `create`. Safe
        when called concurrently: one call creates, the others join."""

    def add_key(self, conversation_id: str, key_hash: str) -> None:
        """Add a key (another browser of the same customer) that opens the conversation."""

    def find(self, key_hash: str) -> Conversation | None:
        """The conversation, open or closed, that the key opens."""

    def get(self, conversation_id: str) -> Conversation | None:
        """The conversation of this id."""

    def latest_of(self, subject: str) -> Conversation | None:
        """The newest open conversation of the signed-in customer `subject`."""

    def write(self, changes: Sequence[Change]) -> list[Changed]:
        """Apply all changes in one transaction, in order; durable on return. One result per change. Raises
        `NoConversation` when any of the conversations is missing."""

    def entries(
        self, conversation_id: str, *, after: int = 0, before: int | None = None, limit: int = 500
    ) -> list[Entry]:
        """Entries with `after < seq < before`, in order. With `after` alone, the oldest `limit`; with `before` or no
        bound, the newest `limit`."""

    def unanswered(self) -> list[str]:
        """The ids of conversations in which a visitor's entry waits for the bot."""

    def due(self, now: datetime) -> list[Conversation]:
        """Conversations whose `wakes_at` has passed."""


@dataclass(frozen=True)
class StoredFile:
    """The metadata of a conversation's file."""

    id: str
    conversation_id: str
    name: str
    media_type: str  # detected from the content
    size: int  # bytes


class Files(Protocol):
    """The store of visitors' files."""

    def save(self, file: StoredFile, content: bytes) -> None:
        """Store the file atomically; a repeated id is ignored."""

    def load(self, conversation_id: str, file_id: str) -> bytes | None:
        """The file's content; `None`: the conversation has no such file."""

    def erase(self, conversation_id: str) -> int:
        """Delete all files of a conversation; returns their number."""

    def erase_older(self, conversation_id: str, before: datetime) -> int:
        """Delete the conversation's files from before `before` (UTC); returns their number."""

    def of(self, conversation_id: str) -> tuple[str, ...]:
        """The ids of the conversation's files."""

    def conversations(self) -> Iterator[str]:
        """The ids of all conversations that have files."""
