"""What the bot understood of a message, kept for a while to learn from it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table('understanding',
    sa.Column('conversation', sa.String(length=64), nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lang', sa.String(length=8), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('intent', sa.String(length=80), nullable=False),
    sa.Column('ranking', sa.JSON(), nullable=False),
    sa.Column('margin', sa.Float(), nullable=False),
    sa.Column('nearest', sa.JSON(), nullable=False),
    sa.Column('model', sa.String(length=255), nullable=True),
    sa.Column('declined', sa.Boolean(), nullable=False),
    sa.Column('doubtful', sa.Boolean(), nullable=False),
    sa.Column('rated', sa.Boolean(), nullable=False),
    sa.Column('settled', sa.String(length=40), nullable=True),
    sa.PrimaryKeyConstraint('conversation', 'seq'))
    op.create_index('ix_understanding_at', 'understanding', ['at'])
