"""The tables. Migrations in `migrations/` create them; a test compares the two."""

from __future__ import annotations

from datetime import timezone
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    func,
    text,
)

metadata = MetaData()


class UtcDateTime(TypeDecorator):
    """A point in time: aware in, UTC and aware out, for SQLite forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Any) -> Any:
        """As it is stored."""
        return None if value is None else value.astimezone(timezone.utc)

    def process_result_value(self, value: Any, _dialect: Any) -> Any:
        """As it was meant."""
        if value is None or value.tzinfo is not None:
            return None if value is None else value.astimezone(timezone.utc)
        return value.replace(tzinfo=timezone.utc)


knowledge = Table(
    "knowledge", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", String(64), nullable=False),
)
rules = Table(
    "plan_rule", metadata,
    Column("id", String(80), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("feature", String(40), nullable=False),
    Column("plan", String(40), nullable=False),
    Column("who", JSON, nullable=False),
    Column("account_types", JSON, nullable=False),
    Column("source", String(40), nullable=False),
)
phone_numbers = Table(
    "phone_number", metadata,
    Column("country", String(2), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("number", String(40), nullable=False),
    Column("extension", String(10)),
    Column("source", String(40), nullable=False),
)
priorities = Table(
    "priority", metadata,
    Column("key", String(2), primary_key=True),
    Column("first_response_hours", Integer, nullable=False),
    Column("restoration_hours", Integer),
    Column("workaround", String(20), nullable=False),
    Column("staffed", String(20), nullable=False),
    Column("times_source", String(40), nullable=False),
    Column("definition_source", String(40), nullable=False),
)
channels = Table(
    "channel", metadata,
    Column("key", String(40), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("feature", String(40)),
    Column("always_open", Boolean),
    Column("source", String(40), nullable=False),
)
account_types = Table(
    "account_type", metadata,
    Column("key", String(40), primary_key=True),
    Column("paid", Boolean, nullable=False),
)
labels = Table(
    "label", metadata,
    Column("kind", String(40), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("text", Text, nullable=False),
)
tickets = Table(
    "ticket", metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(120), nullable=False, unique=True),
    Column("conversation", String(255), nullable=False),
    Column("subject", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("email", String(320), nullable=False),
    Column("priority", String(2), nullable=False),
    Column("language", String(8), nullable=False),
    Column("claims", JSON),
    Column("context", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
cases = Table(
    "desk_case", metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(255), nullable=False),
    Column("state", String(20), nullable=False),
    Column("tier", Integer, nullable=False),
    Column("priority", String(2)),
    Column("language", String(8), nullable=False),
    Column("file", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
_QUEUED = text("state = 'queued'")
Index("one_queued_case", cases.c.conversation, unique=True, sqlite_where=_QUEUED, postgresql_where=_QUEUED)

# `seen` is what the visitor has read. `asked` is the newest text that waits for the bot, 0 while a human has the word.
conversations = Table(
    "conversation", metadata,
    Column("id", String(64), primary_key=True),
    Column("status", String(20), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("claims", JSON(none_as_null=True)),
    Column("subject", Text, index=True),
    Column("last_seq", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("bot_state", JSON, nullable=False),
    Column("context", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("wakes_at", UtcDateTime, index=True),
)
_UNANSWERED = text("asked > answered")
Index(
    "unanswered_conversation", conversations.c.id, sqlite_where=_UNANSWERED, postgresql_where=_UNANSWERED,
)
conversation_keys = Table(
    "conversation_key", metadata,
    Column("key_hash", String(128), primary_key=True),
    Column("conversation", String(64), nullable=False),
)
entries = Table(
    "entry", metadata,
    Column("conversation", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("client_id", String(64)),
    Column("author", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("body", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
_SENT = text("client_id IS NOT NULL")
Index(
    "one_entry_a_client_id", entries.c.conversation, entries.c.client_id, unique=True, sqlite_where=_SENT,
    postgresql_where=_SENT,
)
