"""Checks whether the gateway can work: database, migrations, disk.

Anybody may ask, so answers are cached, only one check runs at a time, and the wait for it is bounded.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryFile
from typing import Generic, TypeVar

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.adapters.sql.migrate import head

KEPT_SECONDS = 2.0
ANSWER_SECONDS = 2.0
CONNECT_SECONDS = 2
# Free bytes for a busy day: the database, its log, visitors' files.
LEAST_ROOM = 64 * 1024 * 1024
_PROBE = b"kilat" * 1024

T = TypeVar("T")


class Readiness:
    """Checks by name: `database`, `migrations` and `disk`, each true or false."""

    def __init__(self, database_url: str, state: Path) -> None:
        url = make_url(database_url)
        is_file = url.get_backend_name() == "sqlite"
        options = {"timeout": CONNECT_SECONDS} if is_file else {"connect_timeout": CONNECT_SECONDS}
        # Separate connections: those of the pool may all be busy.
        self._engine = create_engine(url, future=True, poolclass=NullPool, connect_args=options, hide_parameters=True)
        self._folders = {state, Path(url.database).resolve().parent} if is_file and url.database else {state}
        self._database = _Kept(lambda: _database(self._engine))
        self._disk = _Kept(lambda: _disk(self._folders))

    async def look(self) -> Mapping[str, bool]:
        """The result of each check, at most `KEPT_SECONDS` old."""
        database, disk = await asyncio.gather(self._database.get(), self._disk.get())
        is_there, is_migrated = database or (False, False)
        return {"database": is_there, "migrations": is_migrated, "disk": disk is True}


class _Kept(Generic[T]):
    """Caches the answer of a blocking function, which runs in a thread; `None` while it takes too long."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._running: Future[T] | None = None
        self._answer: T | None = None
        self._asked = float("-inf")

    async def get(self) -> T | None:
        """The answer, at most `KEPT_SECONDS` old."""
        now = time.monotonic()
        if self._running is None and now - self._asked >= KEPT_SECONDS:
            self._asked, self._running = now, Future()
            threading.Thread(target=self._answer_to, args=(self._running,), name="readiness", daemon=True).start()
        if (running := self._running) is not None:
            await asyncio.wait({asyncio.wrap_future(running)}, timeout=max(0.0, self._asked + ANSWER_SECONDS - now))
            self._answer = running.result() if running.done() else None
            if running.done() and self._running is running:
                self._running = None
        return self._answer

    def _answer_to(self, question: Future[T]) -> None:
        try:
            question.set_result(self._ask())
        except BaseException as error:  # the edge of a thread: pass the error to the waiter
            question.set_exception(error)


def _database(engine: Engine) -> tuple[bool, bool]:
    """(the database answers and takes writes, its tables are of the newest migration)."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return True, False
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
            return _takes_writes(connection), list(found) == [head()]
    except (SQLAlchemyError, OSError):
        return False, False


def _takes_writes(connection: Connection) -> bool:
    """False for a standby of PostgreSQL, and for a read-only file."""
    if connection.dialect.name == "postgresql":
        return connection.execute(text("SHOW transaction_read_only")).scalar() == "off"
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        connection.exec_driver_sql("DELETE FROM alembic_version WHERE 0")
        connection.exec_driver_sql("ROLLBACK")
    except OperationalError as error:
        # Another writer holds the lock, so the file is writable.
        return "locked" in str(error.orig)
    return True


def _disk(folders: set[Path]) -> bool:
    """True when the folders have room and are writable."""
    try:
        for folder in folders:
            room = os.statvfs(folder)
            if room.f_bavail * room.f_frsize < LEAST_ROOM:
                return False
            with TemporaryFile(dir=folder, prefix=".ready") as file:
                file.write(_PROBE)
                file.flush()
    except OSError:
        return False
    return True
