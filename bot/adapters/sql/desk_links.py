"""What is remembered of an outside desk: which cases it shows, and small things by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.adapters.sql.engine import now_in_milliseconds, snapshot, transaction
from bot.adapters.sql.tables import cases, conversations, desk_links, memory
from bot.core.case import CaseState
from bot.ports import DeskLink, DeskLinks, Memory

_is_due = or_(
    desk_links.c.ref == "",
    conversations.c.last_seq > desk_links.c.relayed,
    cases.c.state == CaseState.CLOSED.value,
).label("is_due")
_LINKS = select(desk_links, _is_due).where(
    cases.c.id == desk_links.c.case_id, conversations.c.id == desk_links.c.conversation)


class SqlDeskLinks(DeskLinks):
    """`DeskLinks` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, desk: str) -> list[DeskLink]:
        query = _LINKS.where(desk_links.c.desk == desk, ~desk_links.c.is_over).order_by(desk_links.c.case_id)
        with snapshot(self._engine) as connection:
            return [_link(row) for row in connection.execute(query).mappings()]

    def find(self, desk: str, ref: str) -> DeskLink | None:
        query = _LINKS.where(desk_links.c.desk == desk, desk_links.c.ref == ref)
        with snapshot(self._engine) as connection:
            row = connection.execute(query.order_by(desk_links.c.case_id.desc())).mappings().first()
        return None if row is None else _link(row)

    def of_case(self, case: int) -> DeskLink | None:
        with snapshot(self._engine) as connection:
            row = connection.execute(_LINKS.where(desk_links.c.case_id == case)).mappings().first()
        return None if row is None else _link(row)

    def begin(self, desk: str, case: int, conversation_id: str, seq: int) -> DeskLink:
        row = {
            "case_id": case,
            "conversation": conversation_id,
            "desk": desk,
            "ref": "",
            "relayed": seq,
            "is_over": False,
        }
        try:
            with transaction(self._engine) as connection:
                connection.execute(insert(desk_links).values(row))
                return DeskLink(case, conversation_id, "", seq)
        except IntegrityError:
            link = self.of_case(case)
            assert link is not None, "it is this one that stood in the way"
            return link

    def opened(self, case: int, ref: str) -> bool:
        return self._set(case, ref=ref)

    def shown(self, case: int, seq: int) -> bool:
        return self._set(case, relayed=seq)

    def over(self, case: int) -> None:
        self._set(case, is_over=True)

    def _set(self, case: int, **values: Any) -> bool:
        with transaction(self._engine) as connection:
            return bool(connection.execute(
                update(desk_links).where(desk_links.c.case_id == case).values(values)).rowcount)


class SqlMemory(Memory):
    """`Memory` in SQL."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = now_in_milliseconds) -> None:
        self._engine = engine
        self._now = now

    def recall(self, name: str) -> Any:
        with snapshot(self._engine) as connection:
            return connection.execute(select(memory.c.value).where(memory.c.name == name)).scalar()

    def remember(self, name: str, value: Any) -> None:
        values = {"value": value, "at": self._now()}
        for _ in range(2):
            try:
                with transaction(self._engine) as connection:
                    known = connection.execute(update(memory).where(memory.c.name == name).values(values))
                    if not known.rowcount:
                        connection.execute(insert(memory).values(name=name, **values))
                return
            except IntegrityError:  # another process was the first to remember it
                continue


def _link(row: Any) -> DeskLink:
    return DeskLink(row["case_id"], row["conversation"], row["ref"], row["relayed"], bool(row["is_due"]))
