"""The tables. Migrations in `migrations/` create them; a test compares the two."""

from __future__ import annotations

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
    func,
    text,
)

metadata = MetaData()

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
