"""The address of the database, as far as it can be judged without asking there."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.core.errors import ConfigurationError

_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg2")
_WRITE = "KILAT_DATABASE_URL: {}. Write sqlite:///FILE or postgresql+psycopg2://USER:PASSWORD@HOST:5432/NAME"


def parse_database(address: str) -> URL:
    """The parts of KILAT_DATABASE_URL. `ConfigurationError` for what is no address, and for a database that Kilat does
    not speak to; it does not quote the address, which may hold a password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise ConfigurationError(_WRITE.format("it can't be read as an address of a database")) from error
    if url.drivername not in _DRIVERS:
        raise ConfigurationError(_WRITE.format(f"Kilat does not speak {url.drivername}"))
    # Kilat closes and locks the file by its path, and this is none.
    if url.get_backend_name() == "sqlite" and (url.database or "").startswith("file:"):
        raise ConfigurationError(_WRITE.format("file: is no path"))
    return url
