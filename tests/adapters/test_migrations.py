"""An older database keeps its cases when their columns and the words of their steps get other names."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import select, text
from sqlalchemy.engine import Engine

from bot.adapters.sql import tables
from bot.adapters.sql.migrate import MIGRATIONS, migrate


def _migrate_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_a_case_of_an_older_database_is_kept(empty_engine: Engine) -> None:
    """With its SLA, its reservation, and that no agent gave it back."""
    _migrate_to(empty_engine, "0009")
    with empty_engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO desk_case (conversation, state, tier, language, file, respond_by, wound, escalates, kept_for) "
            "VALUES ('c-1', 'queued', 1, 'id', '{}', '2026-11-30 01:00:00', '[\"warned\"]', true, 'a-1')"))
        connection.execute(text(
            "INSERT INTO desk_note (conversation, at, kind, body) VALUES "
            "('c-1', '2026-11-30 00:00:00', 'transferred', '{\"house\": true, \"reason\": \"silence\"}'), "
            "('c-1', '2026-11-30 00:00:00', 'note', '{\"text\": \"house\"}')"))
    migrate(empty_engine)
    with empty_engine.connect() as connection:
        case = connection.execute(select(tables.cases)).mappings().one()
        bodies = [row.body for row in connection.execute(select(tables.notes).order_by(tables.notes.c.id))]
    assert f"{case['first_response_due_at']:%Y-%m-%d %H:%M}" == "2026-11-30 01:00"
    assert case["steps_done"] == ["warned"] and case["reserved_for"] == "a-1"
    assert bodies == [{"automatic": True, "reason": "silence"}, {"text": "house"}]


def test_a_case_that_nobody_was_told_of_is_closed(empty_engine: Engine) -> None:
    """Its conversation does not wait: the reply was never stored. Waiting cases go on, those of Rasa's channel too."""
    _migrate_to(empty_engine, "0012")
    with empty_engine.begin() as connection:
        for conversation_id, status in (("c-1", "bot"), ("c-2", "queued"), ("c-3", "")):
            if status:
                connection.execute(text(
                    "INSERT INTO conversation (id, status, lang, last_seq, asked, answered, seen, bot_state, context, "
                    f"created_at, updated_at) VALUES ('{conversation_id}', '{status}', 'id', 0, 0, 0, 0, "
                    "'{}', '{}', '2026-11-30 00:00:00', '2026-11-30 00:00:00')"))
            connection.execute(text(
                "INSERT INTO desk_case (conversation, state, tier, language, file, steps_done, escalates) "
                f"VALUES ('{conversation_id}', 'queued', 1, 'id', '{{}}', '[]', true)"))
    migrate(empty_engine)
    with empty_engine.connect() as connection:
        rows = connection.execute(select(tables.cases).order_by(tables.cases.c.conversation)).mappings().all()
    assert [(row["state"], row["outcome"]) for row in rows] == [
        ("closed", "abandoned"), ("queued", None), ("queued", None)]
    assert rows[0]["closed_at"] is not None
