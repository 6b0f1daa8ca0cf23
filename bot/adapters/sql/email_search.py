"""Where an address stands in the database: as somebody's own, typed into a form, or in a sentence.

Capitals of ASCII don't count, and no other sign becomes another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import String, Text, and_, cast, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.adapters.sql.data_classification import OWNED_BY, Holds, columns
from bot.adapters.sql.tables import cases, conversations, entries, metadata, tickets

# Beyond ASCII, signs fold to others ("\u212a" to "k"): two people's addresses would be one.
_IN_SMALL = {ord(sign): sign.lower() for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
# Where an address was typed into a field of its own: the form sent at once, and the one asked line by line.
_FIELDS = (
    (entries.c.conversation, entries.c.body[("values", "email")]),
    (conversations.c.id, conversations.c.bot_state[("form", "email")]),
)


def in_small(address: str) -> str:
    """The address in small letters."""
    return address.translate(_IN_SMALL)


def typed(connection: Connection, address: str) -> set[str]:
    """Conversations in which the address was typed into a form, or which a client of the REST channel has named so."""
    queries = [select(tickets.c.conversation).where(lower(tickets.c.email) == address)]
    queries += [select(named).where(lower(named) == address)
                for named in (cases.c.conversation, tickets.c.conversation)]
    queries += [select(conversation_id).where(is_this(field, address)) for conversation_id, field in _FIELDS]
    return {name for query in queries for name in connection.execute(query).scalars()}


def mention(address: str) -> re.Pattern[str]:
    """Where an address in small letters stands as a whole, in a text in small letters."""
    return re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)")


def mentioned(connection: Connection, address: str) -> set[str]:
    """Conversations in which the address stands somewhere, as a whole: in whatever column holds something of people."""
    whole, found = mention(address), set[str]()
    # JSON is stored in ASCII; the address of a page has signs of its own.
    ways = {address, json.dumps(address)[1:-1], *(quote(address, safe=signs).lower() for signs in ("", "+", "@"))}
    for name, owner in OWNED_BY.items():
        table = metadata.tables[name]
        for column in columns(name, Holds.PERSON):
            text = func.lower(cast(table.c[column], Text))
            query = select(table.c[owner], table.c[column]).where(
                or_(*(text.contains(way, autoescape=True) for way in ways)))
            found |= {conversation_id for conversation_id, said in connection.execute(query)
                      if any(whole.search(in_small(one)) for one in _texts(said))}
    return found


def _texts(said: Any) -> Iterator[str]:
    """Every text in a value of JSON, as it stands and as an address of a page says it."""
    if isinstance(said, str):
        yield from {said, unquote(said)}
    elif isinstance(said, (dict, list)):
        for one in said.values() if isinstance(said, dict) else said:
            yield from _texts(one)


def is_this(field: Any, address: str) -> Any:
    """True where a text within JSON is this address, in capitals or not."""
    return and_(field.as_string().is_not(None), lower(field.as_string()) == in_small(address))


class lower(FunctionElement):
    """`lower` for the letters of ASCII alone: SQLite's own; PostgreSQL's goes by the locale unless it is told."""

    type = String()
    inherit_cache = True


@compiles(lower)  # type: ignore[untyped-decorator]
def _in_sqlite(element: lower, compiler: Any, **more: Any) -> str:
    return f"lower({compiler.process(element.clauses, **more)})"


@compiles(lower, "postgresql")  # type: ignore[untyped-decorator]
def _in_postgresql(element: lower, compiler: Any, **more: Any) -> str:
    return f'lower(({compiler.process(element.clauses, **more)}) COLLATE "C")'
