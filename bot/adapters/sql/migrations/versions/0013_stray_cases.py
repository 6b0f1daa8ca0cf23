"""A case opens in the transaction that queues its conversation. Before, it could open for a reply that was never stored:
nobody was told of such a case, and nobody can take it, so it is closed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CASES = sa.table("desk_case", sa.column("conversation", sa.String), sa.column("state", sa.String),
                 sa.column("outcome", sa.String), sa.column("closed_at", sa.DateTime))
CONVERSATIONS = sa.table("conversation", sa.column("id", sa.String), sa.column("status", sa.String))


def upgrade() -> None:
    elsewhere = sa.select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.status.not_in(["queued", "transferred"]))
    stray = sa.and_(CASES.c.state == "queued", CASES.c.conversation.in_(elsewhere))
    op.execute(sa.update(CASES).where(stray).values(state="closed", outcome="abandoned", closed_at=sa.func.now()))


def downgrade() -> None:
    """Nothing: a closed case is as good before."""
