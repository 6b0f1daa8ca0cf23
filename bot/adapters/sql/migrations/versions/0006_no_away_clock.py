"""Being away takes no case from an agent any more, so nobody counts since when they are."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table('agent') as batch:
        batch.drop_column('away_since')
