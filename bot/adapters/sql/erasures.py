"""Erases conversations and tickets in SQL: all their rows in one transaction, which also stores a trace."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, false, insert, select, update
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.audit import write as write_audit
from bot.adapters.sql.data_classification import OWNED_BY
from bot.adapters.sql.engine import compact, execute, fetch, now_in_milliseconds, tidy, transaction
from bot.adapters.sql.insights import records_of
from bot.adapters.sql.tables import cases, conversations, desk_links, erasures, figures, metadata, tickets
from bot.core.case import CaseState, Outcome
from bot.core.conversation import Status
from bot.ports.audit import AuditEvent
from bot.ports.insights import Records, RetainedFigures
from bot.ports.personal_data import Erasure, Erasures

# Computes the figures that outlive conversations (`bot.services.insights.tally`).
Tally = Callable[[Records, datetime], Iterable[RetainedFigures]]
_AT_ONCE = 500
_OPEN = cases.c.state.in_([CaseState.QUEUED.value, CaseState.TAKEN.value])


class SqlErasures(Erasures):
    """`Erasures` in SQL."""

    def __init__(self, engine: Engine, tally: Tally, now: Callable[[], datetime] = now_in_milliseconds) -> None:
        self._engine = engine
        self._tally = tally
        self._now = now

    def erase(self, conversations_: Collection[str], tickets_: Collection[int], event: AuditEvent) -> Mapping[str, int]:
        these, now = sorted(set(conversations_)), self._now()
        with transaction(self._engine) as connection:
            known = _lock(connection, these)
            _end_cases(connection, these, now)
            _keep_figures(connection, self._tally(records_of(connection, these), now))
            links = _open_links(connection, these)
            own_tickets = delete(tickets).where(tickets.c.id.in_(sorted(tickets_)))
            rows = {**_delete(connection, these), "ticket": connection.execute(own_tickets).rowcount}
            _remember(connection, known, links, now)
            rows = {name: count for name, count in rows.items() if count}
            write_audit(connection, replace(event, details={**event.details, "rows": rows}), now)
        tidy(self._engine)
        return rows

    def compact(self) -> bool:
        return compact(self._engine)

    def since(self, at: datetime) -> list[Erasure]:
        query = select(erasures).where(erasures.c.at >= at).order_by(erasures.c.at)
        return [Erasure(row["conversation"], row["at"], tuple((desk, ref) for desk, ref in row["links"]))
                for row in fetch(self._engine, query)]

    def again(self, conversations_: Collection[str]) -> None:
        """See `Erasures`. Older tickets were kept on purpose, and stay."""
        everything = sorted(conversations_)
        erased_at = select(erasures.c.at).where(erasures.c.conversation == tickets.c.conversation).scalar_subquery()
        # The first round after years may have erased more conversations than a statement takes.
        for these in (everything[first:first + _AT_ONCE] for first in range(0, len(everything), _AT_ONCE)):
            with transaction(self._engine) as connection:
                _delete(connection, these)
                connection.execute(delete(tickets).where(
                    tickets.c.conversation.in_(these), tickets.c.created_at > erased_at))

    def settle(self, before: datetime) -> None:
        execute(self._engine, delete(erasures).where(erasures.c.at < before))

    def old_conversations(self, before: datetime, limit: int, *, has_desk: bool) -> list[str]:
        """See `Erasures`; the least recently changed first."""
        theirs = tickets.c.conversation == conversations.c.id
        query = select(conversations.c.id).where(
            conversations.c.status == Status.CLOSED.value, conversations.c.updated_at < before,
            ~select(cases.c.id).where(cases.c.conversation == conversations.c.id, _OPEN).exists(),
            ~select(tickets.c.id).where(theirs, _is_open(has_desk)).exists())
        return [row["id"] for row in fetch(self._engine, query.order_by(conversations.c.updated_at).limit(limit))]

    def old_tickets(self, before: datetime, limit: int, *, has_desk: bool) -> list[int]:
        """See `Erasures`; the oldest first."""
        query = select(tickets.c.id).where(tickets.c.created_at < before, ~_is_open(has_desk))
        return [row["id"] for row in fetch(self._engine, query.order_by(tickets.c.id).limit(limit))]

    def over(self, conversations_: Collection[str]) -> set[str]:
        is_open = conversations.c.status != Status.CLOSED.value
        query = select(conversations.c.id).where(conversations.c.id.in_(sorted(conversations_)), is_open)
        return set(conversations_) - {row["id"] for row in fetch(self._engine, query)}


def _is_open(has_desk: bool) -> Any:
    """The condition of an open ticket: the desk does not have it yet, or may still reply."""
    return tickets.c.is_over.is_(False) if has_desk else false()


def _lock(connection: Connection, these: list[str]) -> list[str]:
    """The ids among `these` that the log has, locked: a concurrent writer waits, and then finds no conversation."""
    query = select(conversations.c.id).where(conversations.c.id.in_(these)).order_by(conversations.c.id)
    return list(connection.execute(query.with_for_update()).scalars())


def _end_cases(connection: Connection, these: list[str], now: datetime) -> None:
    """Close the open cases, so that they count in the figures."""
    for state, outcome in ((CaseState.QUEUED, Outcome.ABANDONED), (CaseState.TAKEN, Outcome.ENDED)):
        values = {"state": CaseState.CLOSED.value, "outcome": outcome.value, "closed_at": now}
        its = (cases.c.conversation.in_(these), cases.c.state == state.value)
        connection.execute(update(cases).where(*its).values(values))


def _keep_figures(connection: Connection, kept: Iterable[RetainedFigures]) -> None:
    its = figures.c
    for one in kept:
        same = and_(its.day == one.day, its.lang == one.lang, its.name == one.name,
                    its.agent.is_(None) if one.agent is None else its.agent == one.agent, its.value == one.value)
        first = select(its.id).where(same).limit(1).scalar_subquery()
        more = update(figures).where(its.id == first).values(times=its.times + one.times)
        if not connection.execute(more).rowcount:
            connection.execute(insert(figures).values(one._asdict()))


def _open_links(connection: Connection, these: list[str]) -> dict[str, list[list[str]]]:
    links: dict[str, list[list[str]]] = {}
    its = (desk_links.c.conversation.in_(these), ~desk_links.c.is_over, desk_links.c.ref != "")
    for row in connection.execute(select(desk_links).where(*its)).mappings():
        links.setdefault(row["conversation"], []).append([row["desk"], row["ref"]])
    return links


def _delete(connection: Connection, these: list[str]) -> dict[str, int]:
    """Delete all rows of conversations except tickets; returns the number of rows by table."""
    counts = {}
    for name, column in OWNED_BY.items():
        if name != tickets.name:
            table: Any = metadata.tables[name]
            counts[name] = connection.execute(delete(table).where(table.c[column].in_(these))).rowcount
    return counts


def _remember(connection: Connection, these: list[str], links: dict[str, list[list[str]]], now: datetime) -> None:
    """Store the trace of conversations in the log. A client of the REST channel may use its ids again: no trace."""
    if these:
        traces = [{"conversation": name, "at": now, "links": links.get(name, [])} for name in these]
        connection.execute(insert(erasures), traces)
