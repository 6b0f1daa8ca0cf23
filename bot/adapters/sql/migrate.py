"""Brings a database up to the newest migration, through Alembic."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy.engine import Engine

from bot.adapters.sql.engine import alone

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Create or upgrade the tables; harmless when they are up to date, and when others do the same."""
    # Alembic tells each of its plugins as it is imported, so it is imported only where it is needed, and hushed before.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from alembic import command
    from alembic.config import Config

    with alone(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
