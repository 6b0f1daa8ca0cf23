"""The stored feedback in SQL. It is written in the transaction that stores the answer or the rating."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, or_, select, tuple_, update
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.engine import execute, fetch
from bot.adapters.sql.tables import entries, understandings
from bot.core.conversation import Author, Change, Changed, Entry, Kind
from bot.core.feedback import FeedbackRecord, Neighbour, ReviewReason, is_bad
from bot.ports.feedback import FeedbackStore, StoredFeedback

_its = understandings.c
_HAS_REASON = or_(_its.declined, _its.doubtful, _its.rated)
_THIS = (_its.conversation == bindparam("this"), _its.seq == bindparam("number"))
_SETTLE = update(understandings).where(*_THIS).values(settled=bindparam("outcome"))
_BLAME = update(understandings).where(*_THIS).values(rated=bindparam("is_bad"))
# In a conversation with an agent, the rating is of the agent.
_HAD_AGENT = exists().where(entries.c.conversation == bindparam("this"), entries.c.author == Author.AGENT.value)
_BLAME_ALL = update(understandings).where(
    _its.conversation == bindparam("this"), _its.seq < bindparam("number"), ~_HAD_AGENT).values(rated=True)


class SqlFeedback(FeedbackStore):
    """`FeedbackStore` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, *, limit: int = 5000) -> tuple[StoredFeedback, ...]:
        query = (
            select(understandings).where(_its.settled.is_(None), _HAS_REASON)
            .order_by(_its.at, _its.conversation, _its.seq).limit(limit))
        return tuple(_stored(row) for row in fetch(self._engine, query))

    def settle(self, keys: Iterable[tuple[str, int]], outcome: str) -> None:
        """See `FeedbackStore`; unknown keys are ignored."""
        rows = [{"this": conversation_id, "number": seq, "outcome": outcome} for conversation_id, seq in keys]
        if rows:
            execute(self._engine, _SETTLE, rows)

    def blame(self, conversation_id: str, seq: int, is_bad: bool = True) -> None:
        execute(self._engine, _BLAME, {"this": conversation_id, "number": seq, "is_bad": is_bad})

    def forget(self, before: datetime, sure_before: datetime, limit: int = 1000) -> int:
        old = or_(_its.at < before, (_its.at < sure_before) & ~_HAS_REASON)
        some = select(_its.conversation, _its.seq).where(old).limit(limit)
        return execute(self._engine, delete(understandings).where(tuple_(_its.conversation, _its.seq).in_(some)))


def remember(connection: Connection, done: Sequence[tuple[Change, Changed]], now: datetime) -> None:
    """Store the feedback records, complaints and bad ratings of these changes."""
    new = [(change, changed) for change, changed in done if changed.is_new]
    records = [(change, change.feedback) for change, _ in new if change.feedback]
    if records:
        connection.execute(insert(understandings), [_row(change, record, now) for change, record in records])
    blamed = [{"this": change.conversation_id, "number": record.blames, "is_bad": True}
              for change, record in records if record.blames]
    if blamed:
        connection.execute(_BLAME, blamed)
    rated = [{"this": changed.conversation.id, "number": entry.seq}
             for _, changed in new for entry in changed.entries if _is_complaint(entry)]
    if rated:
        connection.execute(_BLAME_ALL, rated)


def _is_complaint(entry: Entry) -> bool:
    return entry.kind is Kind.RATING and is_bad(entry.body.get("rating") or {})


def _row(change: Change, record: FeedbackRecord, now: datetime) -> dict[str, Any]:
    thought = record.understanding
    return {
        "conversation": change.conversation_id, "seq": change.answers, "at": now, "lang": record.lang,
        "text": record.text, "intent": thought.intent, "ranking": thought.ranking, "margin": thought.margin,
        "nearest": thought.nearest, "model": thought.model, "settled": None,
        **{reason.value: reason in record.reasons for reason in ReviewReason}}


def _stored(row: Any) -> StoredFeedback:
    return StoredFeedback(
        row["conversation"], row["seq"], row["at"], row["lang"], row["text"],
        tuple(reason.value for reason in ReviewReason if row[reason.value]), row["intent"],
        tuple((intent, share) for intent, share in row["ranking"]), row["margin"], row["model"], row["settled"],
        tuple(Neighbour(*near) for near in row["nearest"]))
