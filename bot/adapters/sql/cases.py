"""Cases in SQL: the queue of visitors who wait for a live agent, and the cases that agents have.

A case is opened here and moves on with its conversation (`follow`, in the same transaction), so the two never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, insert, or_, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Select

from bot.adapters.sql.engine import now_in_milliseconds, snapshot, transaction
from bot.adapters.sql.tables import cases, conversations, notes
from bot.core.case import CaseState, Clocks, Outcome
from bot.core.chat import Note, Status
from bot.ports import Case, CaseFile, QueuePlace, Staffing, StoredNote

QUEUED, TAKEN = CaseState.QUEUED.value, CaseState.TAKEN.value
_PREFIX = "KLC-"
# Longer than an answer is on its way.
_A_WHILE = timedelta(minutes=1)
# An unknown priority waits behind P2 and before P3: nobody has called it minor yet.
_urgency = case(
    (cases.c.priority == "p1", 1), (cases.c.priority == "p2", 2),
    (cases.c.priority == "p3", 4), (cases.c.priority == "p4", 5), else_=3,
)
# Who has a promise goes before who has none, and the one that runs late, or sooner will, before the other.
_promised = case((cases.c.respond_by.is_(None), 1), else_=0)
_TURN = (_urgency, _promised, cases.c.respond_by, cases.c.created_at, cases.c.id)
_its_own = select(conversations.c.id).where(conversations.c.id == cases.c.conversation)
_open = cases.c.state.in_([QUEUED, TAKEN])
# A case of the REST channel has no conversation in the log: nobody could answer there, so it holds nobody up.
_stands = and_(cases.c.state == QUEUED, _its_own.where(conversations.c.status != Status.CLOSED.value).exists())
# What is answered and stored of a hand-off comes a moment after its case: until then nobody can take it.
_waits = and_(
    cases.c.state == QUEUED,
    _its_own.where(conversations.c.status.in_([Status.QUEUED.value, Status.TRANSFERRED.value])).exists(),
)


class SqlCases:
    """`Queue` and `Cases` in SQL: one open case a conversation."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = now_in_milliseconds) -> None:
        self._engine = engine
        self._now = now

    def open_case(self, case_file: CaseFile) -> QueuePlace:
        """See `Queue`."""
        try:
            with transaction(self._engine) as connection:
                now = self._now()
                _forget(connection, case_file.conversation, now)
                known = _known(connection, case_file.conversation)
                if known is not None:
                    return self._place(connection, known, is_new=False)
                row = connection.execute(insert(cases).values(_row(case_file, now)))
                return self._place(connection, row.inserted_primary_key[0], is_new=True)
        except IntegrityError:
            with transaction(self._engine) as connection:
                known = _known(connection, case_file.conversation)
                if known is None:
                    raise
                return self._place(connection, known, is_new=False)

    def place(self, conversation: str) -> QueuePlace | None:
        """See `Queue`."""
        with snapshot(self._engine) as connection:
            known = _known(connection, conversation, cases.c.state == QUEUED)
            return None if known is None else self._place(connection, known, is_new=False)

    def staffing(self, tier: int, language: str) -> Staffing:
        """See `Queue`."""
        return Staffing(None)

    def waiting(self, tiers: Sequence[int], languages: Sequence[str] | None = None, limit: int = 200) -> list[Case]:
        """See `Cases`."""
        query = select(cases).where(_waits, cases.c.tier.in_(list(tiers)))
        if languages is not None:
            query = query.where(cases.c.language.in_(list(languages)))
        return self._all(query.order_by(*_TURN).limit(limit))

    def count_waiting(self) -> dict[int, int]:
        """See `Cases`."""
        query = select(cases.c.tier, func.count()).where(_waits).group_by(cases.c.tier)
        with snapshot(self._engine) as connection:
            return {tier: number for tier, number in connection.execute(query)}

    def places(self) -> dict[str, QueuePlace]:
        """See `Cases`."""
        query = select(cases.c.conversation, cases.c.id, cases.c.tier).where(_waits).order_by(*_TURN)
        places: dict[str, QueuePlace] = {}
        ahead: dict[int, int] = {}
        with snapshot(self._engine) as connection:
            for conversation, case_id, tier in connection.execute(query):
                ahead[tier] = ahead.get(tier, 0) + 1
                places[conversation] = QueuePlace(number_of(case_id), ahead[tier], False, tier)
        return places

    def of_agent(self, agent: str) -> list[Case]:
        """See `Cases`."""
        return self._all(select(cases).where(cases.c.agent == agent, cases.c.state == TAKEN).order_by(cases.c.taken_at))

    def of_conversation(self, conversation: str) -> list[Case]:
        """See `Cases`."""
        return self._all(select(cases).where(cases.c.conversation == conversation).order_by(cases.c.id.desc()))

    def of_customer(self, subject: str, limit: int = 10) -> list[Case]:
        """See `Cases`."""
        theirs = select(conversations.c.id).where(conversations.c.subject == subject)
        query = select(cases).where(cases.c.conversation.in_(theirs)).order_by(cases.c.id.desc())
        return self._all(query.limit(limit))

    def open(self) -> list[Case]:
        """See `Cases`."""
        return self._all(select(cases).where(or_(_waits, cases.c.state == TAKEN)).order_by(*_TURN))

    def notes(self, conversation: str) -> list[StoredNote]:
        """See `Cases`."""
        query = select(notes).where(notes.c.conversation == conversation).order_by(notes.c.id)
        with snapshot(self._engine) as connection:
            return [
                StoredNote(row["id"], conversation, row["case_id"], row["at"],
                           Note(row["kind"], row["body"], row["agent"], row["client_id"]))
                for row in connection.execute(query).mappings()
            ]

    def clocks_due(self, now: datetime) -> list[Case]:
        """See `Cases`."""
        is_open = cases.c.state.in_([QUEUED, TAKEN])
        return self._all(select(cases).where(is_open, cases.c.rings_at <= now).order_by(cases.c.rings_at))

    def wind(self, case: int, taken: Sequence[str], next_at: datetime | None, tier: int | None = None) -> bool:
        """See `Cases`."""
        with transaction(self._engine) as connection:
            this = connection.execute(select(cases.c.wound).where(cases.c.id == case).with_for_update()).scalar()
            if this is None or not set(taken) - set(this):
                return False
            values: dict[str, Any] = {"wound": [*this, *(name for name in taken if name not in this)]}
            values |= {"rings_at": next_at, **({"tier": tier} if tier else {})}
            connection.execute(update(cases).where(cases.c.id == case).values(values))
        return True

    def _place(self, connection: Connection, case_id: int, *, is_new: bool) -> QueuePlace:
        columns = (cases.c.tier, cases.c.respond_by, cases.c.created_at, _urgency.label("urgency"))
        row = connection.execute(select(*columns).where(cases.c.id == case_id)).mappings().one()
        ahead = and_(_stands, cases.c.tier == row["tier"], cases.c.id != case_id, _before(row, case_id))
        position = connection.execute(select(func.count()).select_from(cases).where(ahead)).scalar_one() + 1
        return QueuePlace(number_of(case_id), position, is_new, row["tier"])

    def _all(self, query: Select) -> list[Case]:
        with snapshot(self._engine) as connection:
            return [_case(row) for row in connection.execute(query).mappings()]


def number_of(case_id: int) -> str:
    """The number that people know a case by."""
    return f"{_PREFIX}{case_id:06d}"


def _before(row: Any, case_id: int) -> Any:
    """Those whose turn comes before the case of `row`: the order of `_TURN`."""
    opened, promised = row["created_at"], row["respond_by"]
    earlier = or_(cases.c.created_at < opened, and_(cases.c.created_at == opened, cases.c.id < case_id))
    if promised is None:
        sooner = or_(_promised == 0, earlier)
    else:
        sooner = or_(cases.c.respond_by < promised, and_(cases.c.respond_by == promised, earlier))
    return or_(_urgency < row["urgency"], and_(_urgency == row["urgency"], sooner))


def _forget(connection: Connection, conversation: str, now: datetime) -> None:
    """A case that a late answer opened, when a human had the word by then: nobody was ever told of it."""
    status = connection.execute(select(conversations.c.status).where(conversations.c.id == conversation)).scalar()
    if status is None or status in (Status.QUEUED.value, Status.TRANSFERRED.value, Status.CONNECTED.value):
        return
    stray = and_(cases.c.conversation == conversation, cases.c.state == QUEUED, cases.c.created_at < now - _A_WHILE)
    values = {"state": CaseState.CLOSED.value, "outcome": Outcome.ABANDONED.value, "closed_at": now}
    connection.execute(update(cases).where(stray).values(values))


def _known(connection: Connection, conversation: str, state: Any = _open) -> int | None:
    query = select(cases.c.id).where(cases.c.conversation == conversation, state)
    found: int | None = connection.execute(query).scalar()
    return found


def _row(case_file: CaseFile, now: datetime) -> Mapping[str, Any]:
    terms = case_file.terms
    return {
        "conversation": case_file.conversation,
        "state": QUEUED,
        "tier": case_file.route.tier,
        "priority": case_file.priority,
        "language": case_file.language,
        "created_at": now,
        "respond_by": None if terms.respond_within is None else now + terms.respond_within,
        "restore_by": None if terms.restore_within is None else now + terms.restore_within,
        # The keeper winds the clocks at its next round.
        "rings_at": now if terms.respond_within or terms.restore_within else None,
        "escalates": terms.escalates,
        "file": {
            "question": case_file.question,
            "tried": list(case_file.tried),
            "summary": case_file.summary,
            "priority_evidence": case_file.priority_evidence,
            "route": case_file.route.name,
            "rule": case_file.route.rule_id,
            "identity": asdict(case_file.identity),
        },
    }


def _case(row: Any) -> Case:
    clocks = Clocks(
        row["respond_by"], row["restore_by"], row["responded_at"], row["closed_at"], row["escalates"],
        tuple(row["wound"]),
    )
    return Case(
        row["id"], number_of(row["id"]), row["conversation"], CaseState(row["state"]), row["tier"], row["priority"],
        row["language"], row["file"], row["created_at"], row["agent"], row["kept_for"], row["taken_at"],
        row["closed_at"], Outcome(row["outcome"]) if row["outcome"] else None, clocks,
    )
