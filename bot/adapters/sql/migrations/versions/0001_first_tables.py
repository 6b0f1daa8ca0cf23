"""The facts, the tickets and the embedded desk."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table('account_type',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('paid', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('key'))
    op.create_table('channel',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('feature', sa.String(length=40), nullable=True),
    sa.Column('always_open', sa.Boolean(), nullable=True),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('key'))
    op.create_table('desk_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation', sa.String(length=255), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('priority', sa.String(length=2), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('file', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    sa.PrimaryKeyConstraint('id'))
    op.create_index('one_queued_case', 'desk_case', ['conversation'], unique=True, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
    op.create_table('knowledge',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('revision', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id'))
    op.create_table('label',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'key', 'language'))
    op.create_table('phone_number',
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('extension', sa.String(length=10), nullable=True),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('country', 'position'))
    op.create_table('plan_rule',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('feature', sa.String(length=40), nullable=False),
    sa.Column('plan', sa.String(length=40), nullable=False),
    sa.Column('who', sa.JSON(), nullable=False),
    sa.Column('account_types', sa.JSON(), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id'))
    op.create_table('priority',
    sa.Column('key', sa.String(length=2), nullable=False),
    sa.Column('first_response_hours', sa.Integer(), nullable=False),
    sa.Column('restoration_hours', sa.Integer(), nullable=True),
    sa.Column('workaround', sa.String(length=20), nullable=False),
    sa.Column('staffed', sa.String(length=20), nullable=False),
    sa.Column('times_source', sa.String(length=40), nullable=False),
    sa.Column('definition_source', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('key'))
    op.create_table('ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('conversation', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('priority', sa.String(length=2), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('claims', sa.JSON(), nullable=True),
    sa.Column('context', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key'))
