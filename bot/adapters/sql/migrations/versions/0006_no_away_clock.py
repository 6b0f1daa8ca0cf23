"""Being away takes no case from an agent any more, so nobody counts since when they are."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('agent') as batch:
        batch.drop_column('away_since')


def downgrade() -> None:
    with op.batch_alter_table('agent') as batch:
        batch.add_column(sa.Column('away_since', sa.DateTime(timezone=True), nullable=True))
