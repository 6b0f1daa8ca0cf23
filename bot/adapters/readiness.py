"""Whether the gateway can do its work: database, migrations, disk. Asked by load balancers, and by anybody else.

So an answer is kept for a while, one question is under way at a time, and none is waited for longer than a bound.
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
# Room that a busy day needs, in bytes: the database, its log, visitors' files.
LEAST_ROOM = 64 * 1024 * 1024
_PROBE = b"kilat" * 1024

T = TypeVar("T")


class Readiness:
    """Checks by name: `database`, `migrations` and `disk`, each true or false."""

    def __init__(self, database_url: str, state: Path) -> None:
        url = make_url(database_url)
        is_file = url.get_backend_name() == "sqlite"
        options = {"timeout": CONNECT_SECONDS} if is_file else {"connect_timeout": CONNECT_SECONDS}
        # Connections of its own: those of the pool may all be at work, and would say nothing of the database.
        self._engine = create_engine(url, future=True, poolclass=NullPool, connect_args=options, hide_parameters=True)
        self._folders = {state, Path(url.database).resolve().parent} if is_file and url.database else {state}
        self._database = _Kept(lambda: _database(self._engine))
        self._disk = _Kept(lambda: _disk(self._folders))

    async def look(self) -> Mapping[str, bool]:
        """How things stand, as of at most `KEPT_SECONDS` ago."""
        database, disk = await asyncio.gather(self._database.get(), self._disk.get())
        is_there, is_migrated = database or (False, False)
        return {"database": is_there, "migrations": is_migrated, "disk": disk is True}


class _Kept(Generic[T]):
    """The last answer of something that may block, in a thread of its own; `None` while it does not come."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._running: Future[T] | None = None
        self._answer: T | None = None
        self._asked = float("-inf")

    async def get(self) -> T | None:
        """What was answered within `KEPT_SECONDS`, else what is answered now."""
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
        except BaseException as error:  # the edge of a thread: whoever waits shall hear of it
            question.set_exception(error)


def _database(engine: Engine) -> tuple[bool, bool]:
    """Whether it answers and takes what is written, and whether its tables are those that this Kilat knows."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return True, False
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
            return _takes_writes(connection), list(found) == [head()]
    except (SQLAlchemyError, OSError):
        return False, False


def _takes_writes(connection: Connection) -> bool:
    """A standby of PostgreSQL, or a file that can't be written, answers and takes nothing."""
    if connection.dialect.name == "postgresql":
        return connection.execute(text("SHOW transaction_read_only")).scalar() == "off"
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        connection.exec_driver_sql("DELETE FROM alembic_version WHERE 0")
        connection.exec_driver_sql("ROLLBACK")
    except OperationalError as error:
        # Somebody writes just now, so it can be written.
        return "locked" in str(error.orig)
    return True


def _disk(folders: set[Path]) -> bool:
    """Whether there is room, and something can be written."""
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
