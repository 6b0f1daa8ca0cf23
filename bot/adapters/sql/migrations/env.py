"""Alembic's environment: `migrate()` hands it a connection."""

from alembic import context

from bot.adapters.sql.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
