"""The log of conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table('conversation',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('lang', sa.String(length=8), nullable=False),
    sa.Column('claims', sa.JSON(), nullable=True),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('last_seq', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('bot_state', sa.JSON(), nullable=False),
    sa.Column('context', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('wakes_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'))
    op.create_index('ix_conversation_subject', 'conversation', ['subject'])
    op.create_index('ix_conversation_wakes_at', 'conversation', ['wakes_at'])
    op.create_index('unanswered_conversation', 'conversation', ['id'], sqlite_where=sa.text("asked > answered"), postgresql_where=sa.text("asked > answered"))
    op.create_table('conversation_key',
    sa.Column('key_hash', sa.String(length=128), nullable=False),
    sa.Column('conversation', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('key_hash'))
    op.create_table('entry',
    sa.Column('conversation', sa.String(length=64), nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('client_id', sa.String(length=64), nullable=True),
    sa.Column('author', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('conversation', 'seq'))
    op.create_index('one_entry_a_client_id', 'entry', ['conversation', 'client_id'], unique=True, sqlite_where=sa.text("client_id IS NOT NULL"), postgresql_where=sa.text("client_id IS NOT NULL"))
