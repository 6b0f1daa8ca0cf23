"""Agents, what they note, the clocks of cases, and desks outside of Kilat."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table('conversation') as batch:
        batch.add_column(sa.Column('agent', sa.JSON(), nullable=True))
    with op.batch_alter_table('ticket') as batch:
        batch.add_column(sa.Column('ref', sa.String(length=255), nullable=True))
        batch.add_column(sa.Column('cursor', sa.Text(), nullable=True))
        batch.add_column(sa.Column('is_over', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_index('ix_ticket_ref', 'ticket', ['ref'])
    with op.batch_alter_table('desk_case') as batch:
        for column in (
            sa.Column('agent', sa.String(length=64), nullable=True),
            sa.Column('kept_for', sa.String(length=64), nullable=True),
            sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
            sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
            sa.Column('outcome', sa.String(length=20), nullable=True),
            sa.Column('respond_by', sa.DateTime(timezone=True), nullable=True),
            sa.Column('restore_by', sa.DateTime(timezone=True), nullable=True),
            sa.Column('responded_at', sa.DateTime(timezone=True), nullable=True),
            sa.Column('escalates', sa.Boolean(), server_default=sa.text('false'), nullable=False),
            sa.Column('wound', sa.JSON(), server_default='[]', nullable=False),
            sa.Column('rings_at', sa.DateTime(timezone=True), nullable=True),
            sa.Column('entered_at_position', sa.Integer(), nullable=True),
            sa.Column('agent_was_free', sa.Boolean(), nullable=True),
            sa.Column('guess_seconds', sa.Float(), nullable=True),
            sa.Column('told_low', sa.Integer(), nullable=True),
            sa.Column('told_high', sa.Integer(), nullable=True),
        ):
            batch.add_column(column)
    op.create_index('ix_desk_case_conversation', 'desk_case', ['conversation'])
    op.create_index('ix_desk_case_state', 'desk_case', ['state'])
    op.create_index('ix_desk_case_rings_at', 'desk_case', ['rings_at'])
    op.drop_index('one_queued_case', 'desk_case')
    # Cases of before this version that were left.
    op.execute("UPDATE desk_case SET state = 'closed', outcome = 'left', closed_at = created_at WHERE state = 'left'")
    op.create_index('one_open_case', 'desk_case', ['conversation'], unique=True, sqlite_where=sa.text("state IN ('queued', 'taken')"), postgresql_where=sa.text("state IN ('queued', 'taken')"))
    op.create_table('desk_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation', sa.String(length=64), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('agent', sa.String(length=64), nullable=True),
    sa.Column('client_id', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('id'))
    op.create_index('ix_desk_note_conversation', 'desk_note', ['conversation'])
    op.create_index('one_note_a_client_id', 'desk_note', ['conversation', 'client_id'], unique=True, sqlite_where=sa.text("client_id IS NOT NULL"), postgresql_where=sa.text("client_id IS NOT NULL"))
    op.create_table('agent',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('login', sa.String(length=320), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('oidc_subject', sa.String(length=255), nullable=True),
    sa.Column('tiers', sa.JSON(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('presence', sa.String(length=10), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('away_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('login'),
    sa.UniqueConstraint('oidc_subject'))
    op.create_table('agent_session',
    sa.Column('token_hash', sa.String(length=128), nullable=False),
    sa.Column('agent', sa.String(length=64), nullable=False),
    sa.Column('csrf', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('token_hash'))
    op.create_index('ix_agent_session_agent', 'agent_session', ['agent'])
    op.create_table('desk_link',
    sa.Column('case_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('conversation', sa.String(length=64), nullable=False),
    sa.Column('desk', sa.String(length=20), nullable=False),
    sa.Column('ref', sa.String(length=255), nullable=False),
    sa.Column('relayed', sa.Integer(), nullable=False),
    sa.Column('is_over', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.PrimaryKeyConstraint('case_id'))
    op.create_index('ix_desk_link_conversation', 'desk_link', ['conversation'])
    op.create_index('ix_desk_link_ref', 'desk_link', ['ref'])
    op.create_table('memory',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name'))
