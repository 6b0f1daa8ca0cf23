"""Reads the data that figures are computed from, in SQL. `bot.services.insights` computes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.engine import snapshot
from bot.adapters.sql.tables import cases, conversations, entries, figures, notes
from bot.core.conversation import Author, Kind
from bot.ports.insights import CaseRecord, History, Records, RetainedFigures, SpokenEntry

_A_MOMENT = timedelta(microseconds=1)
_body = entries.c.body
_AUTHORS, _KINDS = {one.value: one for one in Author}, {one.value: one for one in Kind}
# The database extracts the fields from the bodies: to parse whole bodies in Python takes five times as long, and holds
# up the process meanwhile.
_COUNTS = (
    entries.c.conversation, conversations.c.lang, entries.c.seq, entries.c.at, entries.c.author, entries.c.kind,
    entries.c.client_id, _body["topic"].as_string(), _body["missed"].as_boolean(), _body[("card", "type")].as_string(),
    func.coalesce(_body["buttons"].as_string().contains('"/talk_to_human"'), False),
    _body[("rating", "score")].as_integer(), _body[("rating", "solved")].as_boolean(),
    case((entries.c.author == Author.VISITOR.value, _body["text"].as_string())),
)


class SqlHistory(History):
    """`History` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, begin: datetime, end: datetime) -> Records:
        # Find the conversations first: entries have an index by conversation, none by time.
        lived = and_(conversations.c.updated_at >= begin, conversations.c.created_at < end)
        stays = select(figures).where(figures.c.day >= begin.date(), figures.c.day <= (end - _A_MOMENT).date())
        with snapshot(self._engine) as connection:
            return Records(
                *_records(connection, and_(lived, entries.c.at >= begin, entries.c.at < end),
                          and_(cases.c.created_at >= begin, cases.c.created_at < end)),
                tuple(RetainedFigures(row["day"], row["lang"], row["name"], row["agent"], row["value"], row["times"])
                      for row in connection.execute(stays).mappings()))


def records_of(connection: Connection, these: Collection[str]) -> Records:
    """The data of some conversations, without retained figures."""
    return Records(*_records(connection, entries.c.conversation.in_(these), cases.c.conversation.in_(these)))


def _records(connection: Connection, of_said: Any, of_cases: Any
             ) -> tuple[tuple[SpokenEntry, ...], tuple[CaseRecord, ...]]:
    said = (select(*_COUNTS).join(conversations, conversations.c.id == entries.c.conversation)
            .where(of_said).order_by(entries.c.conversation, entries.c.seq))
    taken = (select(notes.c.case_id, func.min(notes.c.at).label("first_taken_at")).where(notes.c.kind == "taken")
             .group_by(notes.c.case_id).subquery())
    opened = (select(cases, taken.c.first_taken_at).outerjoin(taken, taken.c.case_id == cases.c.id)
              .where(of_cases).order_by(cases.c.id))
    return (tuple(_said(row) for row in connection.execute(said)),
            tuple(_case(row) for row in connection.execute(opened).mappings()))


def _said(row: Any) -> SpokenEntry:
    conversation_id, lang, seq, at, author, kind, client_id, topic, missed, *rest = row
    return SpokenEntry(
        conversation_id, lang, seq, at, _AUTHORS[author], _KINDS[kind], client_id, topic, bool(missed), *rest)


def _case(row: Mapping[str, Any]) -> CaseRecord:
    return CaseRecord(
        row["conversation"], row["language"], row["created_at"], row["first_taken_at"] or row["taken_at"],
        row["closed_at"], row["outcome"], row["agent"], row["first_response_due_at"], row["first_response_at"],
        row["resolution_due_at"], tuple(row["steps_done"]))
