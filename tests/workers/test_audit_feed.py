"""What the audit log records stands in the log of the processes, too."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient
from waiting import wait_until

from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.engine import now_in_milliseconds, open_engine
from bot.bootstrap import open_agents
from bot.ports import Action, AgentAccount, AuditEvent
from bot.ports.audit import SHELL, UNKNOWN
from bot.settings import Settings

LOGIN = "sari@example.com"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds without a wait."""
    monkeypatch.setattr("bot.workers.audit_feed.ROUND_SECONDS", 0.02)


@pytest.fixture
def engine(web_settings: Settings, http: TestClient) -> Iterator[Engine]:
    """The database beside the gateway: what another process sees."""
    engine = open_engine(web_settings.database_url)
    yield engine
    engine.dispose()


def _comes(log: io.StringIO, *told: str) -> None:
    """Waits until all of it is logged."""
    wait_until(lambda: all(each in log.getvalue() for each in told), log.getvalue)


def test_a_line_for_each(web_settings: Settings, engine: Engine, log: io.StringIO) -> None:
    """Whoever recorded it, once, with its number; agents by their ids, and no login (`log` looks for it)."""
    agent = open_agents(web_settings).add(AgentAccount("", LOGIN, "Sari"), None).id
    audit = SqlAudit(engine)
    audit.record(AuditEvent(Action.ROLE_CHANGED, SHELL, LOGIN, "192.0.2.1", {"from": "agent", "to": "lead"}))
    audit.record(AuditEvent(Action.SIGN_IN_FAILED, UNKNOWN, UNKNOWN, "192.0.2.9"))
    added, changed, failed = "Audit 1: account_added by shell", "Audit 2: role_changed by shell", "Audit 3: sign_in_f"
    _comes(log, added, f"{changed}, to {agent}, from 192.0.2.1, from=agent, to=lead, at 2", failed)
    audit.record(AuditEvent(Action.SIGN_IN, LOGIN, LOGIN))
    _comes(log, f"Audit 4: sign_in by {agent}, at 2")
    assert [log.getvalue().count(each) for each in (added, changed, failed)] == [1, 1, 1]


def test_more_than_a_page(engine: Engine, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """A burst is told to its end, in its order."""
    monkeypatch.setattr("bot.workers.audit_feed._PAGE", 2)
    audit = SqlAudit(engine)
    for number in range(5):
        audit.record(AuditEvent(Action.SIGN_IN, SHELL, details={"number": number}))
    lines = [f"number={number}" for number in range(5)]
    _comes(log, *lines)
    assert sorted(lines, key=log.getvalue().index) == lines


def test_it_comes_late(engine: Engine, log: io.StringIO) -> None:
    """What another process wrote before, and kept back, is told after what came after it."""
    audit, earlier = SqlAudit(engine), now_in_milliseconds() - timedelta(seconds=30)
    audit.record(AuditEvent(Action.SIGN_IN, SHELL, details={"which": "second"}))
    _comes(log, "which=second")
    SqlAudit(engine, lambda: earlier).record(AuditEvent(Action.SIGN_IN, SHELL, details={"which": "first"}))
    _comes(log, "which=first")


def test_the_database_is_away(engine: Engine, log: io.StringIO) -> None:
    """It is told when it is back."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO gone"))
    _comes(log, "did not answer. The next round")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO audit"))
    SqlAudit(engine).record(AuditEvent(Action.SIGN_IN, SHELL, details={"which": "late"}))
    _comes(log, "which=late")
