"""Tickets in SQL: stored once a key; the outside desk gets them from here."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql import Select

from bot.adapters.sql.engine import in_turn, now_in_milliseconds, snapshot, transaction
from bot.adapters.sql.erasure_guard import refuse_erased
from bot.adapters.sql.tables import tickets
from bot.core.customer import Customer, Identity
from bot.core.errors import TooManyTickets
from bot.ports import Ticket, TicketDraft, Tickets
from bot.ports.tickets import MOST_A_DAY

_COLUMNS = ("key", "subject", "description", "email", "priority", "language", "context")
_PREFIX = "KLT-"


class SqlTickets(Tickets):
    """`Tickets` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open_ticket(self, draft: TicketDraft, *, bounded: bool = True) -> str:
        with transaction(self._engine) as connection:
            in_turn(connection, draft.conversation_id)
            refuse_erased(connection, draft.conversation_id)
            return self.open_in(connection, draft, bounded=bounded)

    def open_in(self, connection: Connection, draft: TicketDraft, *, bounded: bool = True) -> str:
        """`open_ticket` within a transaction that holds the conversation."""
        known: int | None = connection.execute(select(tickets.c.id).where(tickets.c.key == draft.key)).scalar()
        if known is None:
            if bounded:
                _refuse_burst(connection, draft.conversation_id)
            values = {name: getattr(draft, name) for name in _COLUMNS}
            values["conversation"] = draft.conversation_id
            values["claims"] = asdict(draft.identity) if draft.identity else None
            known = connection.execute(insert(tickets).values(values)).inserted_primary_key[0]
        return number_of(known)

    def unsent(self) -> list[Ticket]:
        return self._all(select(tickets).where(tickets.c.ref.is_(None), tickets.c.is_over.is_(False)))

    def followed(self) -> list[Ticket]:
        return self._all(select(tickets).where(tickets.c.ref.is_not(None), tickets.c.is_over.is_(False)))

    def is_there(self, number: str) -> bool:
        with snapshot(self._engine) as connection:
            return connection.execute(select(tickets.c.id).where(tickets.c.id == _id(number))).first() is not None

    def sent(self, number: str, ref: str) -> bool:
        return self._update(number, ref=ref)

    def earlier(self, ticket: Ticket, since: datetime) -> int:
        address = func.lower(tickets.c.email) == ticket.draft.email.lower()
        related = or_(address, tickets.c.conversation == ticket.draft.conversation_id)
        before = (tickets.c.id < _id(ticket.number), tickets.c.created_at > since, related)
        with snapshot(self._engine) as connection:
            return int(connection.execute(select(func.count()).select_from(tickets).where(*before)).scalar_one())

    def save_reply_cursor(self, number: str, cursor: str | None, *, is_over: bool = False) -> None:
        self._update(number, cursor=cursor, is_over=is_over)

    def _all(self, query: Select) -> list[Ticket]:
        with snapshot(self._engine) as connection:
            return [_ticket(row) for row in connection.execute(query.order_by(tickets.c.id)).mappings()]

    def _update(self, number: str, **values: Any) -> bool:
        this = tickets.c.id == _id(number)
        with transaction(self._engine) as connection:
            return bool(connection.execute(update(tickets).where(this).values(values)).rowcount)


def _refuse_burst(connection: Connection, conversation_id: str) -> None:
    lately = (
        tickets.c.conversation == conversation_id,
        tickets.c.created_at > now_in_milliseconds() - timedelta(days=1),
    )
    count = connection.execute(select(func.count()).select_from(tickets).where(*lately)).scalar_one()
    if count >= MOST_A_DAY:
        raise TooManyTickets(f"the conversation has {count} tickets of the last day")


def number_of(ticket_id: int) -> str:
    """The number that people know a ticket by."""
    return f"{_PREFIX}{ticket_id:06d}"


def _id(number: str) -> int:
    return int(number.removeprefix(_PREFIX))


def _ticket(row: Any) -> Ticket:
    claims = row["claims"]
    identity = Identity(**{**claims, "customer": Customer(**claims["customer"])}) if claims else None
    values = {name: row[name] for name in _COLUMNS}
    draft = TicketDraft(conversation_id=row["conversation"], **values, identity=identity)
    return Ticket(number_of(row["id"]), draft, row["created_at"], row["ref"], row["cursor"])
