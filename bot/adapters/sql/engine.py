"""One engine a process; its errors become `StoreUnavailable`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.core.errors import ConfigurationError, StoreUnavailable

logger = logging.getLogger(__name__)

BUSY_SECONDS = 2.0


def open_engine(url: str) -> Engine:
    """An engine for `url` (SQLite or PostgreSQL); connects at first use."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(parsed, future=True, connect_args={"timeout": BUSY_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
            return engine
        return create_engine(parsed, future=True, pool_pre_ping=True, pool_timeout=BUSY_SECONDS)
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigurationError(f"KILAT_DATABASE_URL: {error}") from error


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction; the database's refusals come out as `StoreUnavailable`, with the cause kept."""
    try:
        with engine.begin() as connection:
            yield connection
    except (OperationalError, ProgrammingError, PoolTimeout) as error:
        logger.error("The database did not answer: %s", error)
        raise StoreUnavailable(str(error)) from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise StoreUnavailable(str(error)) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers and one writer side by side."""
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
    finally:
        cursor.close()
