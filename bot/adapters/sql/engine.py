"""The engine of a process, and three kinds of transaction: write, read, alone. Errors are `StoreUnavailable`."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import create_engine, event, func, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from bot.core.errors import StoreUnavailable
from bot.settings.database import parse_database

logger = logging.getLogger(__name__)

BUSY_SECONDS = 2.0
# The key of an advisory lock; no other program in the database may use it.
_SETUP_LOCK = 0x4B494C4154
# A writer of SQLite takes the lock when it begins: SQLite refuses the lock at once to a transaction that has read.
_WRITE = {"sqlite": {"sqlite_begin": "BEGIN IMMEDIATE"}}
# A reader of SQLite sees one state of the database by default.
_SNAPSHOT = {"postgresql": {"isolation_level": "REPEATABLE READ"}}
_EMPTY_THE_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"
# A writer that finds SQLite's lock taken sleeps, each time longer, so among many writers one would starve. The threads
# of a process therefore take turns, and wait for a turn no longer than for SQLite.
_turns: WeakKeyDictionary[Engine, tuple[Lock, float]] = WeakKeyDictionary()


def in_milliseconds(time: datetime) -> datetime:
    """`time` as the store keeps it: UTC, cut to milliseconds."""
    time = time.astimezone(timezone.utc)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def now_in_milliseconds() -> datetime:
    """The current time, as the store keeps it."""
    return in_milliseconds(datetime.now(timezone.utc))


def open_engine(url: str, busy_seconds: float | None = None) -> Engine:
    """An engine for `url` (SQLite or PostgreSQL), which connects at first use and waits `busy_seconds` for a busy
    SQLite. Its errors hold the statement without the values, which are personal data."""
    busy_seconds = BUSY_SECONDS if busy_seconds is None else busy_seconds
    parsed = parse_database(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        # SQLAlchemy's recipe for pysqlite: `_begin_sqlite` begins each transaction, not the driver.
        arguments = {"timeout": busy_seconds, "isolation_level": None, "check_same_thread": False}
        # A pool keeps connections open: the last one to close empties SQLite's log, at three times the cost of a write.
        pool: Any = {"poolclass": QueuePool, "pool_timeout": busy_seconds} if parsed.database else {}
        engine: Engine = create_engine(parsed, future=True, connect_args=arguments, hide_parameters=True, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        _turns[engine] = Lock(), busy_seconds
        return engine
    return create_engine(parsed, future=True, hide_parameters=True, pool_pre_ping=True, pool_timeout=busy_seconds)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes. Raises `StoreUnavailable` when the database does not answer."""
    with _turn(engine), _transaction(engine, _WRITE) as connection:
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads: all its queries see one state of the database. Errors as in `transaction`."""
    with _transaction(engine, _SNAPSHOT) as connection:
        yield connection


def fetch(engine: Engine, query: Any, **values: Any) -> list[Any]:
    """The rows of a query, as mappings, read in a `snapshot` of their own. `values` are its parameters."""
    with snapshot(engine) as connection:
        return list(connection.execute(query, values).mappings())


def fetch_first(engine: Engine, query: Any, **values: Any) -> Any:
    """The first row of a query, as a mapping; `None`: there is no row. See `fetch`."""
    with snapshot(engine) as connection:
        return connection.execute(query, values).mappings().first()


def execute(engine: Engine, statement: Any, values: Any = None) -> int:
    """Run a statement in a `transaction` of its own; returns the number of rows that it changed."""
    with transaction(engine) as connection:
        return int(connection.execute(statement, values).rowcount)


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A `transaction` that excludes every other `alone` transaction, of any process: to migrate and to seed."""
    with transaction(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_SETUP_LOCK)))
        yield connection


def in_turn(connection: Connection, name: str) -> None:
    """Wait until every other `transaction` that called this with the same `name` has ended."""
    if connection.dialect.name == "postgresql":
        lock = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(lock)))


def tidy(engine: Engine) -> None:
    """Remove erased rows from SQLite's log, too. The log stays while other connections read; they empty it later."""
    _outside_of_transactions(engine, _EMPTY_THE_LOG)


def compact(engine: Engine) -> bool:
    """Rewrite SQLite's file, whose reused pages may hold pieces of erased rows. Nobody else can write meanwhile.
    False: the database was busy, or the disk has no room; nothing has changed."""
    return _outside_of_transactions(engine, "VACUUM", _EMPTY_THE_LOG)


def _outside_of_transactions(engine: Engine, *statements: str) -> bool:
    """Run SQLite's statements; false when one failed. True, without a statement, for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return True
    is_done = True
    with _turn(engine), closing(engine.raw_connection()) as connection:
        for statement in statements:
            try:
                connection.cursor().execute(statement)
            except sqlite3.OperationalError as error:
                logger.warning("%s was not done: %s", statement, error)
                is_done = False
    return is_done


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    lock, seconds = _turns.get(engine, (None, 0.0))
    if lock is not None and not lock.acquire(timeout=seconds):
        raise StoreUnavailable(f"other threads have been writing for {seconds:g} s")
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


@contextmanager
def _transaction(engine: Engine, options: dict[str, dict[str, str]]) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            connection.execution_options(**options.get(engine.dialect.name, {}))
            with connection.begin():
                yield connection
    # PostgreSQL raises InternalError when it takes no writes, as after a change of the primary server.
    except (OperationalError, ProgrammingError, InternalError, PoolTimeout) as error:
        logger.error("The database did not answer: %s", error)
        raise StoreUnavailable(str(error)) from error
    except DBAPIError as error:
        # SQLite raises DatabaseError itself, no subclass, for a file that is damaged or no database.
        if not error.connection_invalidated and type(error) is not DatabaseError:
            raise
        raise StoreUnavailable(str(error)) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """WAL: readers and one writer work at the same time. FULL: acknowledged entries outlive a power cut; with batches,
    this costs a fifth of the writes per second. Secure delete: deleted rows are overwritten."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
