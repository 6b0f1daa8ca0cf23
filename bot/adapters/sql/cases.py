"""Cases in SQL: the queue of visitors who wait for a live agent, and the cases that agents have.

A case is opened, and moves on, in the transaction that changes its conversation, so the two never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, tuple_, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql import Select

from bot.adapters.sql.case_rows import case_of, number_of, row_of
from bot.adapters.sql.engine import in_turn, now_in_milliseconds, snapshot, transaction
from bot.adapters.sql.erasure_guard import refuse_erased
from bot.adapters.sql.queue_order import QUEUE_ORDER
from bot.adapters.sql.staffing import staffing
from bot.adapters.sql.tables import cases, conversations, notes
from bot.adapters.sql.wait_estimates import ExpectedWait, WaitEstimates
from bot.core.case import CaseState
from bot.core.conversation import Note
from bot.core.hours import Hours
from bot.ports import Case, CaseFile, Cases, Queue, QueuePlace, Staffing, StoredNote

QUEUED, TAKEN = CaseState.QUEUED.value, CaseState.TAKEN.value
ALWAYS_OPEN = Hours()
_open = cases.c.state.in_([QUEUED, TAKEN])
# A case of the REST channel has no conversation in the log: nobody could answer there, so it holds nobody up.
_in_the_log = select(conversations.c.id).where(conversations.c.id == cases.c.conversation).exists()
_waits = and_(cases.c.state == QUEUED, _in_the_log)


class SqlCases(Queue, Cases):
    """`Queue` and `Cases` in SQL: one open case a conversation."""

    def __init__(
        self, engine: Engine, now: Callable[[], datetime] = now_in_milliseconds, hours: Hours = ALWAYS_OPEN
    ) -> None:
        self._engine = engine
        self._now = now
        self._hours = hours
        self._waits = WaitEstimates(hours, now)

    def open_case(self, case_file: CaseFile) -> QueuePlace:
        with transaction(self._engine) as connection:
            in_turn(connection, case_file.conversation_id)
            refuse_erased(connection, case_file.conversation_id)
            return self.open_in(connection, case_file)

    def open_in(self, connection: Connection, case_file: CaseFile) -> QueuePlace:
        """`open_case` within a transaction that holds the conversation."""
        known = _known(connection, case_file.conversation_id)
        if known is not None:
            return self._place(connection, known)
        row = connection.execute(insert(cases).values(row_of(case_file, self._now())))
        return self._enter(connection, row.inserted_primary_key[0])

    def place(self, conversation_id: str) -> QueuePlace | None:
        with snapshot(self._engine) as connection:
            known = _known(connection, conversation_id, cases.c.state == QUEUED)
            return None if known is None else self._place(connection, known)

    def staffing(self, tier: int, language: str) -> Staffing:
        with snapshot(self._engine) as connection:
            return staffing(connection, tier, language, self._hours, self._now())

    def zone_of(self, conversation_id: str) -> str | None:
        with snapshot(self._engine) as connection:
            query = select(conversations.c.context).where(conversations.c.id == conversation_id)
            zone: str | None = (connection.execute(query).scalar() or {}).get("timezone")
            return zone

    def waiting(
        self, tiers: Sequence[int], languages: Sequence[str] | None = None, limit: int = 200,
        agent: str | None = None,
    ) -> list[Case]:
        query = select(cases).where(_waits, cases.c.tier.in_(list(tiers)))
        if languages is not None:
            query = query.where(cases.c.language.in_(list(languages)))
        if agent is not None:
            query = query.where(or_(cases.c.reserved_for.is_(None), cases.c.reserved_for == agent))
        return self._all(query.order_by(*QUEUE_ORDER).limit(limit))

    def count_waiting(self) -> dict[int, int]:
        query = select(cases.c.tier, func.count()).where(_waits).group_by(cases.c.tier)
        with snapshot(self._engine) as connection:
            return {tier: number for tier, number in connection.execute(query)}

    def places(self) -> dict[str, QueuePlace]:
        columns = (cases.c.conversation, cases.c.id, cases.c.tier, cases.c.language)
        query = select(*columns).where(_waits).order_by(*QUEUE_ORDER)
        places: dict[str, QueuePlace] = {}
        ahead: dict[int, int] = {}
        expected: dict[tuple[int, str], Callable[[int], ExpectedWait]] = {}
        with snapshot(self._engine) as connection:
            for conversation_id, case_id, tier, language in connection.execute(query).all():
                if (tier, language) not in expected:
                    expected[tier, language] = self._waits.expected(connection, tier, language)
                ahead[tier] = ahead.get(tier, 0) + 1
                wait = expected[tier, language](ahead[tier]).wait
                places[conversation_id] = QueuePlace(number_of(case_id), ahead[tier], False, tier, wait)
        return places

    def of_agent(self, agent: str) -> list[Case]:
        return self._all(select(cases).where(cases.c.agent == agent, cases.c.state == TAKEN).order_by(cases.c.taken_at))

    def of_conversation(self, conversation_id: str) -> list[Case]:
        return self._all(select(cases).where(cases.c.conversation == conversation_id).order_by(cases.c.id.desc()))

    def of_customer(self, subject: str, limit: int = 10) -> list[Case]:
        theirs = select(conversations.c.id).where(conversations.c.subject == subject)
        query = select(cases).where(cases.c.conversation.in_(theirs)).order_by(cases.c.id.desc())
        return self._all(query.limit(limit))

    def open(self) -> list[Case]:
        return self._all(select(cases).where(or_(_waits, cases.c.state == TAKEN)).order_by(*QUEUE_ORDER))

    def notes(self, conversation_id: str) -> list[StoredNote]:
        query = select(notes).where(notes.c.conversation == conversation_id).order_by(notes.c.id)
        with snapshot(self._engine) as connection:
            return [
                StoredNote(row["id"], conversation_id, row["case_id"], row["at"],
                           Note(row["kind"], row["body"], row["agent"], row["client_id"]))
                for row in connection.execute(query).mappings()
            ]

    def clocks_due(self, now: datetime) -> list[Case]:
        is_open = cases.c.state.in_([QUEUED, TAKEN])
        return self._all(select(cases).where(is_open, cases.c.next_check_at <= now).order_by(cases.c.next_check_at))

    def record_sla_steps(
        self, case: int, steps: Sequence[str], next_check_at: datetime | None, tier: int | None = None,
    ) -> bool:
        with transaction(self._engine) as connection:
            this = connection.execute(select(cases.c.steps_done).where(cases.c.id == case).with_for_update()).scalar()
            new = [name for name in steps if name not in this] if this is not None else []
            if this is None or (steps and not new):
                return False
            values: dict[str, Any] = {
                "steps_done": [*this, *new],
                "next_check_at": next_check_at,
                **({"tier": tier} if tier else {}),
            }
            connection.execute(update(cases).where(cases.c.id == case).values(values))
        return True

    def _enter(self, connection: Connection, case_id: int) -> QueuePlace:
        """The place of a case that has just come, and what its visitor is told of the wait."""
        place, expected = self._place_of(connection, case_id)
        connection.execute(update(cases).where(cases.c.id == case_id).values(expected.columns()))
        return replace(place, is_new=True)

    def _place(self, connection: Connection, case_id: int) -> QueuePlace:
        return self._place_of(connection, case_id)[0]

    def _place_of(self, connection: Connection, case_id: int) -> tuple[QueuePlace, ExpectedWait]:
        row = connection.execute(select(cases.c.tier, cases.c.language).where(cases.c.id == case_id)).mappings().one()
        own_rank = select(*QUEUE_ORDER).where(cases.c.id == case_id).correlate(None).scalar_subquery()
        ahead = and_(_waits, cases.c.tier == row["tier"], tuple_(*QUEUE_ORDER) < own_rank)
        position = connection.execute(select(func.count()).select_from(cases).where(ahead)).scalar_one() + 1
        expected = self._waits.expected(connection, row["tier"], row["language"])(position)
        return QueuePlace(number_of(case_id), position, False, row["tier"], expected.wait), expected

    def _all(self, query: Select) -> list[Case]:
        with snapshot(self._engine) as connection:
            return [case_of(row) for row in connection.execute(query).mappings()]


def _known(connection: Connection, conversation_id: str, state: Any = _open) -> int | None:
    query = select(cases.c.id).where(cases.c.conversation == conversation_id, state)
    found: int | None = connection.execute(query).scalar()
    return found
