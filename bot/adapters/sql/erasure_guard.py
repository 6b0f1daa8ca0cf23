"""Keeps another process from storing rows of a conversation that was erased meanwhile."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.adapters.sql.tables import erasures
from bot.core.errors import StoreUnavailable


def refuse_erased(connection: Connection, conversation_id: str) -> None:
    """Raise a `StoreUnavailable` that is not retryable if the conversation was erased."""
    query = select(erasures.c.conversation).where(erasures.c.conversation == conversation_id)
    if connection.execute(query).first() is not None:
        raise StoreUnavailable("The conversation was erased.", retryable=False)
