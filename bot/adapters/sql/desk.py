"""The embedded agent desk and ticket desk: rows in SQL, in the order of priority and waiting time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import and_, case, func, insert, or_, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.adapters.sql.engine import snapshot, transaction
from bot.adapters.sql.tables import cases, tickets
from bot.core.customer import Identity
from bot.ports import CaseFile, QueuePlace, TicketDraft

QUEUED = "queued"
LEFT = "left"
# An unknown priority waits behind P2 and before P3: nobody has called it minor yet.
_urgency = case(
    (cases.c.priority == "p1", 1), (cases.c.priority == "p2", 2),
    (cases.c.priority == "p3", 4), (cases.c.priority == "p4", 5), else_=3,
)


class SqlAgentDesk:
    """`AgentDesk` in SQL: one queued case a conversation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open_case(self, case_file: CaseFile) -> QueuePlace:
        """Queue the case, or find the place that the conversation already has."""
        try:
            with transaction(self._engine) as connection:
                known = self._queued(connection, case_file.conversation)
                if known is not None:
                    return self._place(connection, known, is_new=False)
                row = connection.execute(insert(cases).values(_case_row(case_file)))
                return self._place(connection, row.inserted_primary_key[0], is_new=True)
        except IntegrityError:
            with transaction(self._engine) as connection:
                known = self._queued(connection, case_file.conversation)
                if known is None:
                    raise
                return self._place(connection, known, is_new=False)

    def place(self, conversation: str) -> QueuePlace | None:
        """See `AgentDesk`."""
        with snapshot(self._engine) as connection:
            known = self._queued(connection, conversation)
            return None if known is None else self._place(connection, known, is_new=False)

    def leave(self, conversation: str) -> bool:
        """See `AgentDesk`."""
        waiting = and_(cases.c.conversation == conversation, cases.c.state == QUEUED)
        with transaction(self._engine) as connection:
            left: int = connection.execute(update(cases).where(waiting).values(state=LEFT)).rowcount
        return left > 0

    def _queued(self, connection: Connection, conversation: str) -> int | None:
        query = select(cases.c.id).where(cases.c.conversation == conversation, cases.c.state == QUEUED)
        found: int | None = connection.execute(query).scalar()
        return found

    def _place(self, connection: Connection, case_id: int, *, is_new: bool) -> QueuePlace:
        tier, urgency = connection.execute(select(cases.c.tier, _urgency).where(cases.c.id == case_id)).one()
        ahead = and_(
            cases.c.state == QUEUED,
            cases.c.tier == tier,
            or_(_urgency < urgency, and_(_urgency == urgency, cases.c.id < case_id)),
        )
        position = connection.execute(select(func.count()).select_from(cases).where(ahead)).scalar_one() + 1
        return QueuePlace(f"KLC-{case_id:06d}", position, is_new, tier)


class SqlTicketDesk:
    """`TicketDesk` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open_ticket(self, draft: TicketDraft) -> str:
        """Store the ticket once; the same key gets the same number."""
        try:
            with transaction(self._engine) as connection:
                known = self._find(connection, draft.key)
                if known is None:
                    values = {name: getattr(draft, name) for name in _TICKET_COLUMNS}
                    claims = _claims(draft.identity) if draft.identity else None
                    known = connection.execute(insert(tickets).values(claims=claims, **values)).inserted_primary_key[0]
        except IntegrityError:
            with transaction(self._engine) as connection:
                known = self._find(connection, draft.key)
        return f"KLT-{known:06d}"

    def _find(self, connection: Connection, key: str) -> int | None:
        found: int | None = connection.execute(select(tickets.c.id).where(tickets.c.key == key)).scalar()
        return found


_TICKET_COLUMNS = ("key", "conversation", "subject", "description", "email", "priority", "language", "context")


def _claims(identity: Identity) -> dict[str, Any]:
    return asdict(identity)


def _case_row(case_file: CaseFile) -> dict[str, Any]:
    return {
        "conversation": case_file.conversation,
        "state": QUEUED,
        "tier": case_file.route.tier,
        "priority": case_file.priority,
        "language": case_file.language,
        "file": {
            "question": case_file.question,
            "tried": list(case_file.tried),
            "summary": case_file.summary,
            "priority_evidence": case_file.priority_evidence,
            "route": case_file.route.name,
            "rule": case_file.route.rule_id,
            "identity": _claims(case_file.identity),
        },
    }
