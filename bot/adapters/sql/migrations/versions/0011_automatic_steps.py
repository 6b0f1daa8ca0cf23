"""A step of a case that no agent has taken says `automatic` in its note; it said `house` before."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

NOTES = sa.table("desk_note", sa.column("id", sa.Integer), sa.column("body", sa.JSON), sa.column("kind", sa.String))


def upgrade() -> None:
    connection = op.get_bind()
    steps = connection.execute(sa.select(NOTES.c.id, NOTES.c.body).where(NOTES.c.kind == "transferred")).all()
    for id_, body in steps:
        if "house" in body:
            renamed = {"automatic" if key == "house" else key: value for key, value in body.items()}
            connection.execute(sa.update(NOTES).where(NOTES.c.id == id_).values(body=renamed))
