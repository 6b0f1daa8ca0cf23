"""The audit log in SQL. `write` records an event in the transaction of the change that it tells of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.engine import execute, fetch, now_in_milliseconds, transaction
from bot.adapters.sql.tables import audit
from bot.ports.audit import Action, Audit, AuditEntry, AuditEvent, AuditQuery

# Characters of an actor or a subject; no login is longer.
_LONGEST = 320


class SqlAudit(Audit):
    """`Audit` in SQL."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = now_in_milliseconds) -> None:
        self._engine = engine
        self._now = now

    def record(self, event: AuditEvent) -> None:
        with transaction(self._engine) as connection:
            write(connection, event, self._now())

    def read(self, query: AuditQuery, *, before: int | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        its, wanted, person = audit.c, select(audit), _stored(query.person)
        if person:
            wanted = wanted.where(or_(its.actor == person, its.subject == person))
        if query.action is not None:
            wanted = wanted.where(its.action == query.action.value)
        if query.since is not None:
            wanted = wanted.where(its.at >= query.since)
        if query.until is not None:
            wanted = wanted.where(its.at < query.until)
        if before is not None:
            wanted = wanted.where(its.id < before)
        return tuple(_entry(row) for row in fetch(self._engine, wanted.order_by(its.id.desc()).limit(limit)))

    def forget(self, before: datetime) -> int:
        return execute(self._engine, delete(audit).where(audit.c.at < before))


def write(connection: Connection, event: AuditEvent, now: datetime) -> None:
    """Add `event` in the transaction of `connection`."""
    connection.execute(insert(audit).values(
        at=now, action=event.action.value, actor=_stored(event.actor), subject=_stored(event.subject),
        address=event.address[:64], details=dict(event.details)))


def _stored(typed: str) -> str:
    """`typed` on one line, without what PostgreSQL refuses (NUL, lone surrogates)."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in typed[:_LONGEST])


def _entry(row: Any) -> AuditEntry:
    event = AuditEvent(Action(row["action"]), row["actor"], row["subject"], row["address"], row["details"])
    return AuditEntry(row["id"], row["at"], event)
