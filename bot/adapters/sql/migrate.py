"""Brings a database up to the newest migration, through Alembic."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from sqlalchemy.engine import Engine

from bot.adapters.sql.engine import alone
from bot.core.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"
_REVISION = re.compile(r'^(revision|down_revision) = "([^"]+)"', re.MULTILINE)


def migrate(engine: Engine) -> None:
    """Create or upgrade the tables. May be repeated, and run by several processes at a time. Raises
    `ConfigurationError` for a database of a newer Kilat."""
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


def head() -> str:
    """The newest migration of this Kilat. Read without Alembic, whose import takes much memory."""
    found = [dict(_REVISION.findall(path.read_text())) for path in (MIGRATIONS / "versions").glob("*.py")]
    newest: str
    (newest,) = {one["revision"] for one in found} - {one.get("down_revision") for one in found}
    return newest
