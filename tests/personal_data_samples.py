"""What is kept of people, for the tests that find it and erase it: something is said, planted, and looked for."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Callable, Collection
from typing import Any

from fakes import FakeClock
from sqlalchemy import JSON, insert, select
from sqlalchemy.engine import Engine

from bot.adapters.sql.data_classification import OWNED_BY, Holds, columns
from bot.adapters.sql.tables import metadata
from bot.core.conversation import Author, Change, Conversation, Event, Kind, NewEntry, Status
from bot.core.customer import Customer, Identity
from bot.ports import CaseFile, Conversations, TicketDraft
from bot.ports.audit import SHELL, Action, AuditEvent

MARK = "Zwartkopje"
ADA = Identity("user-1", Customer("premier", "business", "admin", True), MARK, f"{MARK}@Example.com")
EVENT = AuditEvent(Action.ERASED, SHELL, details={"why": "forget"})
DraftMaker = Callable[..., TicketDraft]
CaseMaker = Callable[..., CaseFile]


def begin(conversations: Conversations, name: str, identity: Identity | None = None, text: str = "halo") -> str:
    """A conversation in which the visitor has said something."""
    key = uuid.uuid4().hex
    conversations.create(Conversation(name, Status.BOT, "id", identity), key)
    say(conversations, name, text)
    return key


def say(conversations: Conversations, name: str, text: str = "halo", **body: Any) -> None:
    """One more word of the visitor."""
    entry = NewEntry(Author.VISITOR, Kind.TEXT, {"text": text, **body}, str(uuid.uuid4()))
    conversations.write([Change(name, (entry,), Event.SAY)])


def dump(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for name, table in metadata.tables.items()}


def text_of(value: object) -> str:
    """All that stands in it."""
    return json.dumps(value, default=str, ensure_ascii=False)


def planted(engine: Engine, conversation_id: str, mark: str = MARK, only: Collection[str] | None = None,
             where: Collection[str] = tuple(OWNED_BY)) -> int:
    """A row in every table with visitors in it, the mark in each column that may hold something of theirs (or in those
    of `only`), another one where a row must hold something; how many marks."""
    marks = 0
    with engine.begin() as connection:
        for name, owner in ((name, owner) for name, owner in OWNED_BY.items() if name in where):
            table, personal_columns = metadata.tables[name], columns(name, Holds.PERSON)
            personal_columns = [column for column in personal_columns if only is None or column in only]
            row: dict[str, Any] = {}
            for column in table.columns:
                if column.name in personal_columns:
                    row[column.name] = {"said": mark} if isinstance(column.type, JSON) else mark
                    marks += 1
                elif column.name in _KNOWN:
                    row[column.name] = _KNOWN[column.name]
                elif not column.nullable and column.server_default is None and column.name != "id":
                    row[column.name] = _anything(column)
            row[owner] = conversation_id
            connection.execute(insert(table).values(row))
    return marks


# Rows of several conversations differ in what must be of one alone.
_NUMBERS = itertools.count(1)
_KNOWN = {"author": "visitor", "kind": "text", "state": "closed", "status": "closed"}


def _anything(column: Any) -> Any:
    if isinstance(column.type, JSON):
        return {}
    text = uuid.uuid4().hex[: getattr(column.type, "length", None) or 9]
    kinds = {int: next(_NUMBERS), float: 1.0, bool: False, str: text}
    try:
        return kinds[column.type.python_type]
    except NotImplementedError:
        return FakeClock().time
