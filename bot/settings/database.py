"""Checks the address of the database, as far as possible without connecting."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.core.errors import ConfigurationError
from bot.settings import is_loopback

_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg2")
_WRITE = "KILAT_DATABASE_URL: {}. Write sqlite:///FILE or postgresql+psycopg2://USER:PASSWORD@HOST:5432/NAME"


def parse_database(address: str) -> URL:
    """The parts of KILAT_DATABASE_URL. `ConfigurationError`, which does not quote the address, for what is no address
    and for other kinds of databases. To another machine, TLS with a verified certificate is the default; libpq would go
    on without. `sslmode` in the address overrides it."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise ConfigurationError(_WRITE.format("it can't be read as an address of a database")) from error
    if url.drivername not in _DRIVERS:
        raise ConfigurationError(_WRITE.format(f"Kilat does not speak {url.drivername}"))
    # Kilat locks the file by its path, and `file:` is none.
    if url.get_backend_name() == "sqlite" and (url.database or "").startswith("file:"):
        raise ConfigurationError(_WRITE.format("file: is no path"))
    if url.get_backend_name() == "postgresql" and "sslmode" not in url.query and not _is_here(url):
        return url.update_query_dict({"sslmode": "verify-full"})
    return url


def _is_here(url: URL) -> bool:
    """True for a server on this machine, and for one that libpq's own variables name."""
    named = [url.host or "", *(host for name in ("host", "hostaddr") for host in _listed(url.query.get(name, "")))]
    return all(not host or host.startswith("/") or is_loopback(host) for host in named)


def _listed(value: str | tuple[str, ...]) -> list[str]:
    return ",".join([value] if isinstance(value, str) else value).split(",")
