"""Waits at the start for a database that is not ready yet."""

from __future__ import annotations

import logging
import time

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.core.errors import ConfigurationError
from bot.settings.database import parse_database

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5
PAUSE_SECONDS = 1.0
WORD_SECONDS = 30.0
# PostgreSQL refuses a connection with FATAL; these reasons are temporary.
_PASSING = ("starting up", "shutting down", "in recovery", "too many", "remaining connection slots", "not yet")
# libpq's complaints about a server's TLS.
_UNTRUSTED = ("does not support SSL", "root certificate", "certificate verify failed", "server certificate")
_TRUST = ("Name the CA's file (sslrootcert=FILE, or sslrootcert=system); in a network that nobody else can read, "
          "sslmode=disable goes without.")


def wait_for_database(url: str) -> None:
    """Return when PostgreSQL accepts connections; at once for SQLite. Raises `ConfigurationError` when it refuses them
    for good (a wrong password, no such database), or when its TLS is not trusted."""
    parsed = parse_database(url)
    if parsed.get_backend_name() == "sqlite":
        return
    engine = create_engine(parsed, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})
    told = float("-inf")
    while True:
        try:
            engine.connect().close()
            return
        except DBAPIError as error:
            reason = " ".join(str(error.orig).split())
        if any(word in reason for word in _UNTRUSTED):
            raise ConfigurationError(f"KILAT_DATABASE_URL: Kilat does not trust the database: {reason} {_TRUST}")
        if "FATAL" in reason and not any(word in reason for word in _PASSING):
            raise ConfigurationError(f"KILAT_DATABASE_URL: the database refuses Kilat: {reason}")
        if time.monotonic() - told >= WORD_SECONDS:
            logger.warning("The database does not answer yet (%s). Waiting for it.", reason)
            told = time.monotonic()
        time.sleep(PAUSE_SECONDS)
