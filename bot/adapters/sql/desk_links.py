"""The links between cases and outside desks, and small values by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.adapters.sql.engine import execute, fetch, fetch_first, now_in_milliseconds, transaction
from bot.adapters.sql.tables import cases, conversations, desk_links, memory
from bot.core.case import CaseState
from bot.ports import DeskLink, DeskLinks, Memory

_is_new, _has_more = desk_links.c.ref == "", conversations.c.last_seq > desk_links.c.relayed
_is_due = or_(_is_new, _has_more, cases.c.state == CaseState.CLOSED.value).label("is_due")
_LINKS = select(desk_links, _is_due).where(
    cases.c.id == desk_links.c.case_id, conversations.c.id == desk_links.c.conversation)


class SqlDeskLinks(DeskLinks):
    """`DeskLinks` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, desk: str) -> list[DeskLink]:
        query = _LINKS.where(desk_links.c.desk == desk, ~desk_links.c.is_over).order_by(desk_links.c.case_id)
        return [_link(row) for row in fetch(self._engine, query)]

    def find(self, desk: str, ref: str) -> DeskLink | None:
        query = _LINKS.where(desk_links.c.desk == desk, desk_links.c.ref == ref)
        row = fetch_first(self._engine, query.order_by(desk_links.c.case_id.desc()))
        return None if row is None else _link(row)

    def of_case(self, case: int) -> DeskLink | None:
        row = fetch_first(self._engine, _LINKS.where(desk_links.c.case_id == case))
        return None if row is None else _link(row)

    def begin(self, desk: str, case: int, conversation_id: str, seq: int) -> DeskLink:
        new = insert(desk_links).values(
            case_id=case, conversation=conversation_id, desk=desk, ref="", relayed=seq, is_over=False)
        try:
            execute(self._engine, new)
            return DeskLink(case, conversation_id, "", seq)
        except IntegrityError:
            link = self.of_case(case)
            assert link is not None, "the insert failed because the case has a link"
            return link

    def opened(self, case: int, ref: str) -> bool:
        return self._set(case, ref=ref)

    def shown(self, case: int, seq: int) -> bool:
        return self._set(case, relayed=seq)

    def over(self, case: int) -> None:
        self._set(case, is_over=True)

    def _set(self, case: int, **values: Any) -> bool:
        return bool(execute(self._engine, update(desk_links).where(desk_links.c.case_id == case).values(values)))


class SqlMemory(Memory):
    """`Memory` in SQL."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = now_in_milliseconds) -> None:
        self._engine = engine
        self._now = now

    def recall(self, name: str) -> Any:
        row = fetch_first(self._engine, select(memory.c.value).where(memory.c.name == name))
        return None if row is None else row["value"]

    def remember(self, name: str, value: Any) -> None:
        values = {"value": value, "at": self._now()}
        for _ in range(2):
            try:
                with transaction(self._engine) as connection:
                    known = connection.execute(update(memory).where(memory.c.name == name).values(values))
                    if not known.rowcount:
                        connection.execute(insert(memory).values(name=name, **values))
                return
            except IntegrityError:  # another process has just inserted the name
                continue


def _link(row: Any) -> DeskLink:
    return DeskLink(row["case_id"], row["conversation"], row["ref"], row["relayed"], bool(row["is_due"]))
