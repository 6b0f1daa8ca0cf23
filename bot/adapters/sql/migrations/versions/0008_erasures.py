"""Which conversations were erased, and the figures that stay of them; a number of SQLite's is given once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


_SENT = sa.text("client_id IS NOT NULL")
_OPEN = sa.text("state IN ('queued', 'taken')")
# Alembic copies no condition of an index.
_INDEXES = {
    "ticket": (),
    "desk_case": (("one_open_case", ["conversation"], _OPEN),),
    "desk_note": (("one_note_a_client_id", ["conversation", "client_id"], _SENT),),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _number_once()
    op.create_table('erasure',
    sa.Column('conversation', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('links', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('conversation'))
    op.create_index('ix_erasure_at', 'erasure', ['at'])
    op.create_table('figure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('lang', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('agent', sa.String(length=64), nullable=True),
    sa.Column('value', sa.Float(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id'))
    op.create_index('ix_figure_day', 'figure', ['day'])


def _number_once() -> None:
    for table, indexes in _INDEXES.items():
        for name, _, _ in indexes:
            op.drop_index(name, table_name=table)
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
        for name, columns, where in indexes:
            op.create_index(name, table, columns, unique=True, sqlite_where=where)
