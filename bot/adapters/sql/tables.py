"""The tables. Migrations in `migrations/` create them; a test compares the two."""

from __future__ import annotations

from datetime import timezone
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    func,
    text,
)

metadata = MetaData()


class UtcDateTime(TypeDecorator):
    """A point in time: takes aware values, gives aware values in UTC. (SQLite stores no zone.)"""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Any) -> Any:
        """The stored value, UTC."""
        return None if value is None else value.astimezone(timezone.utc)

    def process_result_value(self, value: Any, _dialect: Any) -> Any:
        """The aware value, UTC."""
        if value is None:
            return None
        return value.astimezone(timezone.utc) if value.tzinfo else value.replace(tzinfo=timezone.utc)


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
# AUTOINCREMENT never reuses a number, not even of an erased row: outside desks know cases and tickets by it.
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
    Column("created_at", UtcDateTime, nullable=False, server_default=func.now()),
    # At the outside desk: the id there, where to continue reading replies, and whether no more will come.
    Column("ref", String(255), index=True),
    Column("cursor", Text),
    Column("is_over", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)
cases = Table(
    "desk_case", metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(255), nullable=False, index=True),
    Column("state", String(20), nullable=False, index=True),
    Column("tier", Integer, nullable=False),
    Column("priority", String(2)),
    Column("language", String(8), nullable=False),
    Column("file", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, server_default=func.now()),
    Column("agent", String(64)),
    Column("reserved_for", String(64)),
    Column("taken_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("outcome", String(20)),
    # SLA: `steps_done` are the steps taken, `next_check_at` is when the next is due.
    Column("first_response_due_at", UtcDateTime),
    Column("resolution_due_at", UtcDateTime),
    Column("first_response_at", UtcDateTime),
    Column("escalates", Boolean, nullable=False, server_default=false()),
    Column("steps_done", JSON, nullable=False, server_default="[]"),
    Column("next_check_at", UtcDateTime, index=True),
    # The first wait estimate, and the range that the visitor was told, in seconds: later estimates learn from them.
    Column("entered_at_position", Integer),
    Column("agent_was_free", Boolean),
    Column("guess_seconds", Float),
    Column("told_low", Integer),
    Column("told_high", Integer),
    sqlite_autoincrement=True,
)
_OPEN = text("state IN ('queued', 'taken')")
Index("one_open_case", cases.c.conversation, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)

# `seen` is the last seq that the visitor has read; `asked` the newest text that waits for the bot, 0 while an agent has
# the conversation.
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
    Column("agent", JSON(none_as_null=True)),
)
_UNANSWERED = text("asked > answered")
Index("unanswered_conversation", conversations.c.id, sqlite_where=_UNANSWERED, postgresql_where=_UNANSWERED)
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
Index("one_entry_a_client_id", entries.c.conversation, entries.c.client_id, unique=True,
      sqlite_where=_SENT, postgresql_where=_SENT)

notes = Table(
    "desk_note", metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(64), nullable=False, index=True),
    Column("case_id", Integer),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("body", JSON, nullable=False),
    Column("agent", String(64)),
    Column("client_id", String(64)),
    sqlite_autoincrement=True,
)
Index("one_note_a_client_id", notes.c.conversation, notes.c.client_id, unique=True,
      sqlite_where=_SENT, postgresql_where=_SENT)

agents = Table(
    "agent", metadata,
    Column("id", String(64), primary_key=True),
    Column("login", String(320), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(10), nullable=False),
    Column("password_hash", Text),
    Column("oidc_subject", String(255), unique=True),
    Column("tiers", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("presence", String(10), nullable=False),
    Column("seen_at", UtcDateTime),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # The second factor: the encrypted secret, and the time step of the last code used.
    Column("totp_secret", Text),
    Column("totp_step", Integer),
)
agent_recovery = Table(
    "agent_recovery", metadata,
    Column("agent", String(64), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)
# `via` is "password" or "oidc"; `browser` the browser's family and system.
agent_sessions = Table(
    "agent_session", metadata,
    Column("token_hash", String(128), primary_key=True),
    Column("agent", String(64), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("via", String(20), nullable=False, server_default="password"),
    Column("address", String(64), nullable=False, server_default=""),
    Column("browser", String(80), nullable=False, server_default=""),
)
# Sign-in attempts, by hashes of the typed login and of the source.
sign_in_tries = Table(
    "sign_in_try", metadata,
    Column("key", String(64), primary_key=True),
    Column("login", String(64), nullable=False, index=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("known_until", UtcDateTime),
    Column("at", UtcDateTime, nullable=False, index=True),
)

# The audit log. No table refers to it; entries are deleted by age.
audit = Table(
    "audit", metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("action", String(40), nullable=False),
    Column("actor", String(320), nullable=False, index=True),
    Column("subject", String(320), nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("details", JSON, nullable=False),
)

# A case at an outside desk: its id there, and the last seq shown there.
desk_links = Table(
    "desk_link", metadata,
    Column("case_id", Integer, primary_key=True, autoincrement=False),
    Column("conversation", String(64), nullable=False, index=True),
    Column("desk", String(20), nullable=False),
    Column("ref", String(255), nullable=False, index=True),
    Column("relayed", Integer, nullable=False),
    Column("is_over", Boolean, nullable=False, server_default=false()),
)
# Small values by name: an outside desk's cursor, its agents online.
memory = Table(
    "memory", metadata,
    Column("name", String(80), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
# How the bot understood a message, for review if it declined, was in doubt, or was badly rated.
understandings = Table(
    "understanding", metadata,
    Column("conversation", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("lang", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("intent", String(80), nullable=False),
    Column("ranking", JSON, nullable=False),
    Column("margin", Float, nullable=False),
    Column("nearest", JSON, nullable=False),
    Column("model", String(255)),
    Column("declined", Boolean, nullable=False),
    Column("doubtful", Boolean, nullable=False),
    Column("rated", Boolean, nullable=False),
    Column("settled", String(40)),
)
# The trace of an erased conversation, for as long as a process may still work on it: the gateway deletes late rows.
# `links` are (desk, id there) of its cases that were open at outside desks.
erasures = Table(
    "erasure", metadata,
    Column("conversation", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("links", JSON, nullable=False),
)
# Figures that outlive erased conversations (`bot.ports.insights.RetainedFigures`).
figures = Table(
    "figure", metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("lang", String(8), nullable=False),
    Column("name", String(80), nullable=False),
    Column("agent", String(64)),
    Column("value", Float, nullable=False),
    Column("times", Integer, nullable=False),
)
