"""One engine a process; its errors become `StoreUnavailable`. Three kinds of transaction: write, read, alone."""

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
# Any number will do, as long as nobody else in the database locks by it.
_SETUP_LOCK = 0x4B494C4154
# SQLite's writers take the lock when they begin: one that has read first would be refused it without a wait.
_WRITE = {"sqlite": {"sqlite_begin": "BEGIN IMMEDIATE"}}
# SQLite's readers see one state of the database as they are.
_SNAPSHOT = {"postgresql": {"isolation_level": "REPEATABLE READ"}}
_EMPTY_THE_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"
# Who finds SQLite's lock taken sleeps, the longer the more often: among many writers one would starve. So the threads
# of a process take turns, and wait no longer for one than for SQLite.
_turns: WeakKeyDictionary[Engine, tuple[Lock, float]] = WeakKeyDictionary()


def in_milliseconds(time: datetime) -> datetime:
    """A point in time as it is stored: UTC, in milliseconds."""
    time = time.astimezone(timezone.utc)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def now_in_milliseconds() -> datetime:
    """The time of this machine, as it is stored."""
    return in_milliseconds(datetime.now(timezone.utc))


def open_engine(url: str, busy_seconds: float | None = None) -> Engine:
    """An engine for `url` (SQLite or PostgreSQL); connects at first use. A busy SQLite is waited for `busy_seconds`.
    Errors, which land in logs, tell the statement without its values: what people wrote."""
    busy_seconds = BUSY_SECONDS if busy_seconds is None else busy_seconds
    parsed = parse_database(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        # SQLAlchemy's recipe for pysqlite: the driver begins no transaction, `_begin_sqlite` does.
        arguments = {"timeout": busy_seconds, "isolation_level": None, "check_same_thread": False}
        # A pool, for the last connection that closes a database empties its log, at three times a write's cost.
        pool: Any = {"poolclass": QueuePool, "pool_timeout": busy_seconds} if parsed.database else {}
        engine: Engine = create_engine(parsed, future=True, connect_args=arguments, hide_parameters=True, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        _turns[engine] = Lock(), busy_seconds
        return engine
    return create_engine(parsed, future=True, hide_parameters=True, pool_pre_ping=True, pool_timeout=busy_seconds)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; the database's refusals come out as `StoreUnavailable`, with the cause kept."""
    with _turn(engine), _transaction(engine, _WRITE) as connection:
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads: all its queries see one state of the database. Errors as in `transaction`."""
    with _transaction(engine, _SNAPSHOT) as connection:
        yield connection


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A `transaction` that waits until no other process is in one of these: to migrate and to seed."""
    with transaction(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_SETUP_LOCK)))
        yield connection


def in_turn(connection: Connection, name: str) -> None:
    """Wait, within a `transaction`, until no other one that has asked for the same `name` is under way."""
    if connection.dialect.name == "postgresql":
        lock = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(lock)))


def tidy(engine: Engine) -> None:
    """After something was erased: what it was stands no more in SQLite's log either. Where others are reading just now,
    the log goes on, and they empty it later."""
    _outside_of_transactions(engine, _EMPTY_THE_LOG)


def compact(engine: Engine) -> bool:
    """Write SQLite's file anew: where pages were filled anew before something was erased, pieces of it are left. Others
    can't write meanwhile. False: it was busy for long, or the disk has no room, and it is left as it is."""
    return _outside_of_transactions(engine, "VACUUM", _EMPTY_THE_LOG)


def _outside_of_transactions(engine: Engine, *statements: str) -> bool:
    """True when all was done, or there was nothing to do."""
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
    # InternalError is PostgreSQL's word for one that takes no writes, as after a change of the primary server.
    except (OperationalError, ProgrammingError, InternalError, PoolTimeout) as error:
        logger.error("The database did not answer: %s", error)
        raise StoreUnavailable(str(error)) from error
    except DBAPIError as error:
        # DatabaseError itself, none of its kinds: SQLite's word for a file that is damaged, or no database at all.
        if not error.connection_invalidated and type(error) is not DatabaseError:
            raise
        raise StoreUnavailable(str(error)) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers and one writer side by side. FULL: what the visitor was told is stored shall outlive a power cut, too; in
    batches that costs a fifth of the writes a second. What is deleted is overwritten, so that no copy of the file holds
    it."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
