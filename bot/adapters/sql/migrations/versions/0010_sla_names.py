"""The columns of a case's SLA get the field's names; `steps_done` are the SLA steps taken, `next_check_at` the next."""

from alembic import op

revision = "0010"
down_revision = "0009"

RENAMED = {
    "respond_by": "first_response_due_at", "restore_by": "resolution_due_at", "responded_at": "first_response_at",
    "wound": "steps_done", "rings_at": "next_check_at",
}


def upgrade() -> None:
    op.drop_index("ix_desk_case_rings_at", table_name="desk_case")
    for old, new in RENAMED.items():
        op.execute(f"ALTER TABLE desk_case RENAME COLUMN {old} TO {new}")
    op.create_index("ix_desk_case_next_check_at", "desk_case", ["next_check_at"])
