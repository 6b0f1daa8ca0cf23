"""An older backup is restored while people go on with tickets: each reply is there once, on its own ticket."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from desks.backups import Backup
from desks.ticket_driver import TicketDriver
from starlette.testclient import TestClient
from ticket_desk import FORM, file_ticket, replies
from waiting import wait_until
from web_client import FakeBot, Plain

from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.facts import SqlFacts
from bot.bootstrap import build
from bot.core.facts import Facts
from bot.settings import Settings
from bot.web import app as web

PDF = b"%PDF-1.4\nisi"
# The number that is given twice.
SECOND = "KLT-000002"


@pytest.fixture
def before(settings: Settings, migrated_sqlite: Path, tmp_path: Path, facts: Facts,
           monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A gateway's settings, with a database of its own; it looks often."""
    shutil.copy(migrated_sqlite, tmp_path / "web.db")
    own = replace(settings, database_url=f"sqlite:///{tmp_path / 'web.db'}", ticket_poll_seconds=0.1)
    engine = open_engine(own.database_url)
    SqlFacts(engine).save(facts)
    engine.dispose()
    for name, value in {"ROUND_SECONDS": 0.05, "RETRY_SECONDS": 0.1, "CALM_SECONDS": 0.05}.items():
        monkeypatch.setattr(f"bot.workers.ticket_sync.{name}", value)
    return own


@contextmanager
def running(settings: Settings, people: TicketDriver, key: str = "") -> Iterator[Plain]:
    """The gateway before this desk, and a visitor of it."""
    app = web.create(build(settings), FakeBot(), ticket_desk=people.desk)
    with TestClient(app, base_url="http://127.0.0.1:8080") as http:
        client = Plain(http, key)
        client.hello()
        yield client


def texts(client: Plain, number: str) -> list[str]:
    """What was replied on a ticket, texts and names of files."""
    client.hello()
    return [entry["text"] for entry in replies(client) if entry["ticket"] == number]


def ref_of(client: Plain, number: str) -> str:
    """The ticket's name at the desk, as soon as it is there with all its papers."""
    tickets = client.http.app.state.ticket_sync._tickets  # type: ignore[attr-defined]
    return wait_until(lambda: {one.number: one.ref for one in tickets.followed()}.get(number))  # type: ignore[no-any-return]


@pytest.mark.parametrize("rows", ["", "ticket"])
def test_replies_come_once(answering: TicketDriver, before: Settings, rows: str) -> None:
    """Those of after the backup come again from the desk, with files; a number given again is another ticket."""
    with running(before, answering) as client:
        first = file_ticket(client)
        ref = ref_of(client, first)
        answering.reply(ref, "satu")
        wait_until(lambda: texts(client, first) == ["satu"])
        backup = Backup(before.database_url)
        answering.reply(ref, "dua", ("a.pdf", PDF))
        wait_until(lambda: texts(client, first) == ["satu", "dua", "a.pdf"])
        if not rows:
            client.send("ticket", values={**FORM, "subject": "Yang terlupa"})
            lost = ref_of(client, SECOND)
        key = client.key
    backup.restore(rows)
    with running(before, answering, key) as client:
        wait_until(lambda: texts(client, first) == ["satu", "dua", "a.pdf"])
        answering.reply(ref, "tiga")
        wait_until(lambda: texts(client, first) == ["satu", "dua", "a.pdf", "tiga"])
        if not rows:
            client.send("ticket", values={**FORM, "subject": "Yang baru"})
            new = ref_of(client, SECOND)
            answering.reply(lost, "untuk yang terlupa")
            answering.reply(new, "untuk yang baru")
            wait_until(lambda: texts(client, SECOND) == ["untuk yang baru"])
        assert texts(client, first) == ["satu", "dua", "a.pdf", "tiga"]
