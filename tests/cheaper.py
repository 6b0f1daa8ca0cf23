"""Imported before anything of the bot: what each test would do again, at a price, is done once or cheaply."""

from functools import cache, partial
from typing import Any

import math_threads  # noqa: F401 (before numpy)
import sqlalchemy as engines
from argon2 import PasswordHasher
from httpx._transports import default
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

from bot.adapters import anonymizer, canned_answers, password_hashing, wording_reader
from bot.adapters.sql import engine as ours

# Half a second for each gateway, conversation or module that reads the same words again.
anonymizer.read_anonymizer = cache(anonymizer.read_anonymizer)
wording_reader.read_wording = cache(wording_reader.read_wording)
canned_answers.read_canned = cache(canned_answers.read_canned)
# 0.2 s and 64 MiB for each password.
password_hashing.PasswordHasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
# 25 ms for each client: the certificates of all authorities, where none is asked.
default.create_ssl_context = cache(default.create_ssl_context)


def _share_statements() -> None:
    """10 ms for each database: SQLAlchemy makes SQL of the same statements anew."""
    compiled: dict[str, LRUCache] = {}
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg2):
        dialect.__eq__ = lambda self, other: type(self) is type(other)
        dialect.__hash__ = lambda self: hash(type(self))
        compiled[dialect.name] = LRUCache(5000)

    def create_engine(*args: Any, **options: Any) -> Engine:
        engine = engines.create_engine(*args, **options)
        engine._compiled_cache = compiled[engine.dialect.name]
        return engine

    ours.create_engine = create_engine


_share_statements()
