"""The address of the database: what it may be, and what a refusal tells of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.gateway_lock import hold_gateway_lock
from bot.adapters.sql.startup import wait_for_database
from bot.core.errors import ConfigurationError
from bot.settings import Settings
from bot.settings.database import parse_database
from bot.settings.state_folder import check_state


@pytest.mark.parametrize("address", [
    "", "x", "sqlite:/tmp/hunter2", "postgresql:user:hunter2@127.0.0.1/kilat", " sqlite:////tmp/hunter2",
    "postgresql://user:hunter2@127.0.0.1:port/kilat", "postgres://user:hunter2@127.0.0.1/kilat",
    "mysql://user:hunter2@127.0.0.1/kilat", "sqlite+aiosqlite:////tmp/hunter2", "postgresql+asyncpg://u:hunter2@h/k",
    # Another name of a file whose lock and permissions would be looked for elsewhere.
    "sqlite:///file:hunter2.db?uri=true", "sqlite:///file:/tmp/hunter2.db?mode=rwc&uri=true"])
def test_what_it_can_not_be(settings: Settings, address: str) -> None:
    """Refused in one line by whoever comes first, without a word of what may be a password."""
    given = replace(settings, database_url=address)
    for ask in (lambda: parse_database(address), lambda: open_engine(address), lambda: wait_for_database(address),
                lambda: hold_gateway_lock(address, lambda: None).__enter__(), lambda: check_state(given)):
        with pytest.raises(ConfigurationError, match=r"KILAT_DATABASE_URL: .*Write sqlite:///FILE or ") as refusal:
            ask()
        assert "hunter2" not in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("address", [
    "sqlite:///var/kilat.db", "sqlite+pysqlite:////srv/kilat.db", "postgresql:///kilat",
    "postgresql+psycopg2://kilat:pass%40word@db.example.com:5432/kilat?sslmode=require"])
def test_what_it_may_be(address: str) -> None:
    """A path, or a server."""
    assert parse_database(address).render_as_string(hide_password=False) == address
