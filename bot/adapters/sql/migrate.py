"""Brings a database up to the newest migration, through Alembic."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.engine import alone
from bot.core.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"
_REVISION = re.compile(r'^(revision|down_revision) = "([^"]+)"', re.MULTILINE)


def migrate(engine: Engine) -> None:
    """Create or upgrade the tables. May be repeated, and run by several processes at a time. Raises
    `ConfigurationError` for a database of a newer Kilat."""
    with alone(engine) as connection:
        if _versions(connection) == [head()]:
            return
    # Alembic logs its plugins when it is imported, so its logger is silenced first.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with alone(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if unknown := set(MigrationContext.configure(connection).get_current_heads()) - known:
            raise ConfigurationError(
                f"KILAT_DATABASE_URL: a newer Kilat has changed the database ({', '.join(sorted(unknown))}); this one "
                f"knows it up to {max(known)}. Start the newer one, or restore a backup of before")
        command.upgrade(config, "head")


def _versions(connection: Connection) -> list[str]:
    """The migrations that a database is at: one, or none before the first. Read without Alembic."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def head() -> str:
    """The newest migration of this Kilat. Read without Alembic, whose import takes much memory."""
    found = [dict(_REVISION.findall(path.read_text())) for path in (MIGRATIONS / "versions").glob("*.py")]
    newest: str
    (newest,) = {one["revision"] for one in found} - {one.get("down_revision") for one in found}
    return newest
