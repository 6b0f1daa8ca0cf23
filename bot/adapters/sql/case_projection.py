"""What a change of conversations does to their cases and notes, in the transaction that stores it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.engine import Connection

from bot.adapters.sql.tables import UtcDateTime, cases, notes
from bot.core.case import CaseState, case_transition
from bot.core.conversation import IN_QUEUE, Author, Change, Changed, Conversation, Entry, Kind, Status

_OPEN = cases.c.state.in_([CaseState.QUEUED.value, CaseState.TAKEN.value])
_ANSWERS = (Kind.TEXT, Kind.FILE)


def project_cases(
    connection: Connection, before: Conversation, change: Change, changed: Changed, now: datetime
) -> Changed:
    """Move the open case of a conversation on, and keep the notes; `changed` with the notes that are new."""
    if not changed.is_new:
        return changed
    values = _values(before, change, changed, now)
    this = cases.c.conversation == changed.conversation.id
    if values:
        connection.execute(update(cases).where(this, _OPEN).values(values))
    elif any(_answers(entry) for entry in changed.entries):
        first = (this, cases.c.state == CaseState.TAKEN.value, cases.c.first_response_at.is_(None))
        connection.execute(update(cases).where(*first).values(first_response_at=now))
    if not changed.notes:
        return changed
    return _keep(connection, changed, now)


def _values(before: Conversation, change: Change, changed: Changed, now: datetime) -> dict[str, Any]:
    after = changed.conversation
    done = case_transition(before, after, change)
    if done is None:
        # The reserved agent did not accept in time: clear the reservation.
        if before.status is Status.TRANSFERRED and after.status is Status.QUEUED:
            return {"reserved_for": None}
        raised = change.event is None and change.to.tier and after.status in IN_QUEUE
        return {"tier": change.to.tier, "reserved_for": None} if raised else {}
    values: dict[str, Any] = {"state": done.state.value}
    if done.state is CaseState.TAKEN and after.agent:
        # When the visitor first had somebody counts: that ended the wait.
        first = func.coalesce(cases.c.taken_at, literal(now, UtcDateTime()))
        return {**values, "agent": after.agent.id, "taken_at": first, "reserved_for": None}
    if done.state is CaseState.QUEUED:
        tier = {"tier": change.to.tier} if change.to.tier else {}
        return {**values, "agent": None, "reserved_for": change.to.agent, **tier}
    return {**values, "closed_at": now, "outcome": done.outcome.value if done.outcome else None, "reserved_for": None}


def _answers(entry: Entry) -> bool:
    """True for what an agent says to the case, which the reply on a ticket is not."""
    return entry.author is Author.AGENT and entry.kind in _ANSWERS and "ticket" not in entry.body


def _keep(connection: Connection, changed: Changed, now: datetime) -> Changed:
    sent = [note.client_id for note in changed.notes if note.client_id]
    this = notes.c.conversation == changed.conversation.id
    known = set(connection.execute(select(notes.c.client_id).where(this, notes.c.client_id.in_(sent))).scalars())
    new = tuple(note for note in changed.notes if note.client_id is None or note.client_id not in known)
    newest = (
        select(cases.c.id).where(cases.c.conversation == changed.conversation.id).order_by(cases.c.id.desc()).limit(1)
    )
    if new:
        case_id = connection.execute(newest).scalar()
        connection.execute(
            insert(notes),
            [
                {
                    "conversation": changed.conversation.id,
                    "case_id": case_id,
                    "at": now,
                    "kind": note.kind,
                    "body": dict(note.body),
                    "agent": note.agent,
                    "client_id": note.client_id,
                }
                for note in new
            ],
        )
    return Changed(changed.conversation, changed.entries, changed.is_new, new)
