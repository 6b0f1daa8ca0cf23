"""The agent for whom a waiting case is reserved: `reserved_for`, as the console's frames say."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("ALTER TABLE desk_case RENAME COLUMN kept_for TO reserved_for")
