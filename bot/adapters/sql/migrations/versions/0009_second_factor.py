"""Agents' second factor: the encrypted secret with the time step used last, and the hashes of recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table('agent_recovery',
    sa.Column('agent', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('agent', 'code_hash'))
    with op.batch_alter_table('agent') as batch:
        batch.add_column(sa.Column('totp_secret', sa.Text(), nullable=True))
        batch.add_column(sa.Column('totp_step', sa.Integer(), nullable=True))
