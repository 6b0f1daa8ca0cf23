"""The address of the database, as far as it can be judged without asking there."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.core.errors import ConfigurationError
from bot.settings import is_loopback

_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg2")
_WRITE = "KILAT_DATABASE_URL: {}. Write sqlite:///FILE or postgresql+psycopg2://USER:PASSWORD@HOST:5432/NAME"


def parse_database(address: str) -> URL:
    """The parts of KILAT_DATABASE_URL. `ConfigurationError` for what is no address, and for a database that Kilat does
    not speak to; it does not quote the address, which may hold a password. To another machine it goes by TLS, and only
    to the server that the certificate names, unless the address says otherwise (`sslmode`): libpq would go on without.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise ConfigurationError(_WRITE.format("it can't be read as an address of a database")) from error
    if url.drivername not in _DRIVERS:
        raise ConfigurationError(_WRITE.format(f"Kilat does not speak {url.drivername}"))
    # Kilat closes and locks the file by its path, and this is none.
    if url.get_backend_name() == "sqlite" and (url.database or "").startswith("file:"):
        raise ConfigurationError(_WRITE.format("file: is no path"))
    if url.get_backend_name() == "postgresql" and "sslmode" not in url.query and not _is_here(url):
        return url.update_query_dict({"sslmode": "verify-full"})
    return url


def _is_here(url: URL) -> bool:
    """True for a server of this machine, or one that libpq's own variables name."""
    named = [url.host or "", *(host for name in ("host", "hostaddr") for host in _listed(url.query.get(name, "")))]
    return all(not host or host.startswith("/") or is_loopback(host) for host in named)


def _listed(value: str | tuple[str, ...]) -> list[str]:
    return ",".join([value] if isinstance(value, str) else value).split(",")
