"""Tries to sign in are counted by login and source, no more by account; sessions know where they were begun."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table('sign_in_try',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('login', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('known_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key'))
    op.create_index('ix_sign_in_try_login', 'sign_in_try', ['login'])
    op.create_index('ix_sign_in_try_at', 'sign_in_try', ['at'])
    with op.batch_alter_table('agent') as batch:
        batch.drop_column('locked_until')
        batch.drop_column('failures')
    with op.batch_alter_table('agent_session') as batch:
        batch.add_column(sa.Column('via', sa.String(length=20), server_default='password', nullable=False))
        batch.add_column(sa.Column('address', sa.String(length=64), server_default='', nullable=False))
        batch.add_column(sa.Column('browser', sa.String(length=80), server_default='', nullable=False))
