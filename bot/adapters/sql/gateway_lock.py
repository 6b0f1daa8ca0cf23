"""Allows one gateway per database, by a lock that the system releases when the process ends.

SQLite: a lock on a file beside the database (flock). PostgreSQL: an advisory lock of a separate session; a pooler that
shares sessions between clients (PgBouncer in transaction mode) can't hold it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.core.errors import ConfigurationError, StoreUnavailable
from bot.settings.database import parse_database

logger = logging.getLogger(__name__)

# The key of the advisory lock, different from that of `engine.py`.
LOCK = 0x4B494C4155
LOOK_SECONDS = 5.0
PATIENCE_SECONDS = 3.0
# The server notices within half a minute that a gateway's machine is gone.
_KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
_HOLDER = text(
    "SELECT a.application_name, a.client_addr FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND ((l.classid::bigint << 32) | l.objid::bigint) = :lock")


@contextmanager
def hold_gateway_lock(database_url: str, on_loss: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of the database. Raises `ConfigurationError`, which names the process that has the lock, or
    `StoreUnavailable`. `on_loss` is called in another thread when another gateway has taken the lock."""
    url = parse_database(database_url)
    if url.get_backend_name() != "sqlite":
        with _session_lock(database_url, on_loss):
            yield
    elif url.database:
        with _file_lock(Path(url.database).resolve()):
            yield
    else:
        yield


@contextmanager
def _file_lock(database: Path) -> Iterator[None]:
    path = database.with_name(f"{database.name}.gateway")
    try:
        file = path.open("a+")
    except OSError as error:
        raise ConfigurationError(f"KILAT_DATABASE_URL: {path} can't be written ({error.strerror})") from error
    with file:
        def try_it() -> bool:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            return False

        if not _patiently(try_it):
            file.seek(0)
            raise _taken(file.read().strip() or "an unknown process")
        file.truncate(0)
        file.write(_ourselves())
        file.flush()
        yield


@contextmanager
def _session_lock(database_url: str, on_loss: Callable[[], None]) -> Iterator[None]:
    engine = create_engine(
        database_url, future=True, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True,
        connect_args={"application_name": f"kilat gateway, {_ourselves()}"[:63], "connect_timeout": 5,
                      "options": _KEEPALIVE})
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise StoreUnavailable(str(error.orig).strip()) from error
    held, done = [connection], threading.Event()
    try:
        if not _patiently(lambda: _try(connection)):
            raise _taken(_holder(connection))

        def watch() -> None:
            while not done.wait(LOOK_SECONDS):
                with suppress(DBAPIError):
                    held[0].execute(text("SELECT 1"))
                    continue
                with suppress(DBAPIError):
                    _close(held[0])
                    held[0] = engine.connect()
                    if not _try(held[0]):
                        logger.error("Another gateway took the lock while the database was away (%s). This one ends.",
                                     _holder(held[0]))
                        on_loss()
                        return

        watcher = threading.Thread(target=watch, name="only-gateway", daemon=True)
        watcher.start()
        yield
        done.set()
        watcher.join(LOOK_SECONDS)
    finally:
        done.set()
        _close(held[0])


def _patiently(try_it: Callable[[], bool]) -> bool:
    """Try for `PATIENCE_SECONDS`: a process that was just killed may still hold the lock."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (done := try_it()) and time.monotonic() < end:
        time.sleep(0.1)
    return done


def _try(connection: Connection) -> bool:
    return bool(connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}).scalar())


def _holder(connection: Connection) -> str:
    row = connection.execute(_HOLDER, {"lock": LOCK}).first()
    return f"{row[0] or 'a session'}, at {row[1] or 'the same machine'}" if row else "it has just ended: try again"


def _close(connection: Connection) -> None:
    with suppress(DBAPIError):
        connection.invalidate()
        connection.close()


def _ourselves() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _taken(holder: str) -> ConfigurationError:
    return ConfigurationError(
        f"KILAT_DATABASE_URL: another gateway serves this database ({holder}). Stop it first, or give this one a "
        "database of its own; several on one are not supported yet")
