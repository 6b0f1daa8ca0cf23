"""Finds an e-mail address in the database: typed into a form, or within a text.

Case is ignored for ASCII letters only.
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

# Outside ASCII, lower() maps different characters to one ("\u212a" to "k"): two people's addresses would be equal.
_IN_SMALL = {ord(sign): sign.lower() for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
# The fields of forms that hold an address: of a form sent at once, and of one that is asked field by field.
_FIELDS = (
    (entries.c.conversation, entries.c.body[("values", "email")]),
    (conversations.c.id, conversations.c.bot_state[("form", "email")]),
)


def in_small(address: str) -> str:
    """The address with ASCII letters in lower case."""
    return address.translate(_IN_SMALL)


def typed(connection: Connection, address: str) -> set[str]:
    """The conversations with the address in a form, or as their id (chosen by a client of the REST channel)."""
    queries = [select(tickets.c.conversation).where(lower(tickets.c.email) == address)]
    queries += [select(named).where(lower(named) == address)
                for named in (cases.c.conversation, tickets.c.conversation)]
    queries += [select(conversation_id).where(is_this(field, address)) for conversation_id, field in _FIELDS]
    return {name for query in queries for name in connection.execute(query).scalars()}


def mention(address: str) -> re.Pattern[str]:
    """Matches a whole address in a text, both in lower case."""
    return re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)")


def mentioned(connection: Connection, address: str) -> set[str]:
    """The conversations that hold the whole address in any column of personal data."""
    whole, found = mention(address), set[str]()
    # JSON is stored in ASCII, and URLs are percent-encoded.
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
    """Every text in a JSON value, as it is and percent-decoded."""
    if isinstance(said, str):
        yield from {said, unquote(said)}
    elif isinstance(said, (dict, list)):
        for one in said.values() if isinstance(said, dict) else said:
            yield from _texts(one)


def is_this(field: Any, address: str) -> Any:
    """The condition that a text within JSON is this address, in any case."""
    return and_(field.as_string().is_not(None), lower(field.as_string()) == in_small(address))


class lower(FunctionElement):
    """SQL's `lower` for ASCII letters only, as SQLite has it; PostgreSQL needs the collation C."""

    type = String()
    inherit_cache = True


@compiles(lower)  # type: ignore[untyped-decorator]
def _in_sqlite(element: lower, compiler: Any, **more: Any) -> str:
    return f"lower({compiler.process(element.clauses, **more)})"


@compiles(lower, "postgresql")  # type: ignore[untyped-decorator]
def _in_postgresql(element: lower, compiler: Any, **more: Any) -> str:
    return f'lower(({compiler.process(element.clauses, **more)}) COLLATE "C")'
