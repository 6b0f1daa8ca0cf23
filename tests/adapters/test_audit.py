"""The audit log in SQL: what is kept, what a query finds, and what is forgotten by its age."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes import FakeClock
from sqlalchemy.engine import Engine

from bot.adapters.sql.audit import SqlAudit, write
from bot.adapters.sql.engine import open_engine, transaction
from bot.core.errors import StoreUnavailable
from bot.ports import Action, AuditEvent, AuditQuery
from bot.ports.audit import SHELL

EVENT = AuditEvent(Action.ROLE_CHANGED, SHELL, "sari@example.com", "192.0.2.1", {"from": "agent", "to": "lead"})


@pytest.fixture
def audit(engine: Engine, clock: FakeClock) -> SqlAudit:
    """An empty audit log."""
    return SqlAudit(engine, clock)


def test_an_event_is_kept_as_it_was(audit: SqlAudit, clock: FakeClock) -> None:
    """With its time and the next number."""
    audit.record(EVENT)
    audit.record(AuditEvent(Action.SIGN_IN, "sari@example.com"))
    second, first = audit.read(AuditQuery())
    assert (first.event, first.at) == (EVENT, clock.time)
    assert second.id > first.id and second.event == AuditEvent(Action.SIGN_IN, "sari@example.com")


def test_every_action_can_be_recorded(audit: SqlAudit) -> None:
    """And read back."""
    for action in Action:
        audit.record(AuditEvent(action, SHELL))
    assert [entry.event.action for entry in audit.read(AuditQuery())] == list(reversed(Action))


@pytest.mark.parametrize(("query", "found"), [
    (AuditQuery(), "dcba"), (AuditQuery(person="sari"), "ca"), (AuditQuery(person="ghost"), ""),
    (AuditQuery(action=Action.SIGN_IN), "ba"), (AuditQuery("sari", Action.LOCKED), "c")])
def test_queries(audit: SqlAudit, query: AuditQuery, found: str) -> None:
    """A person is found as the actor and as the subject; all conditions hold at once."""
    for letter, action, actor, subject in (("a", Action.SIGN_IN, "sari", ""), ("b", Action.SIGN_IN, "budi", ""),
                                           ("c", Action.LOCKED, "budi", "sari"), ("d", Action.ERASED, SHELL, "")):
        audit.record(AuditEvent(action, actor, subject, details={"letter": letter}))
    assert "".join(entry.event.details["letter"] for entry in audit.read(query)) == found


def test_times_and_pages(audit: SqlAudit, clock: FakeClock) -> None:
    """`since` counts, `until` doesn't; a page begins below the last one's end."""
    begun = clock.time
    for number in range(6):
        audit.record(AuditEvent(Action.SIGN_IN, SHELL, details={"number": number}))
        clock.forward(timedelta(hours=1))
    day = AuditQuery(since=begun + timedelta(hours=1), until=begun + timedelta(hours=5))
    numbers: list[int] = []
    before = None
    while page := audit.read(day, before=before, limit=3):
        numbers += [entry.event.details["number"] for entry in page]
        before = page[-1].id
    assert numbers == [4, 3, 2, 1]


def test_old_entries_are_forgotten(audit: SqlAudit, clock: FakeClock) -> None:
    """Those before the moment that is given."""
    audit.record(EVENT)
    clock.forward(timedelta(days=1))
    audit.record(AuditEvent(Action.SIGN_OUT, "sari@example.com"))
    assert (audit.forget(clock.time), audit.forget(clock.time)) == (1, 0)
    assert [entry.event.action for entry in audit.read(AuditQuery())] == [Action.SIGN_OUT]


def test_a_change_that_fails_records_nothing(audit: SqlAudit, engine: Engine, clock: FakeClock) -> None:
    """What is written within a transaction goes with it."""
    with pytest.raises(RuntimeError), transaction(engine) as connection:
        write(connection, EVENT, clock.time)
        raise RuntimeError
    assert audit.read(AuditQuery()) == ()


@pytest.mark.parametrize("typed", ["\x00", "\ud800", "a\nb\tc", "\u202egnp", "x" * 5000], ids=range(5))
def test_whatever_somebody_types_as_a_login(audit: SqlAudit, typed: str) -> None:
    """Is stored on one line and in bounds."""
    audit.record(AuditEvent(Action.SIGN_IN_FAILED, typed, typed))
    [entry] = audit.read(AuditQuery())
    assert entry.event.actor.isprintable() and len(entry.event.actor) <= 320
    assert audit.read(AuditQuery(person=typed)) == (entry,)


def test_a_database_that_is_away() -> None:
    """Says so."""
    audit = SqlAudit(open_engine("postgresql+psycopg2://root@127.0.0.1:1/none"))
    for ask in (lambda: audit.record(EVENT), lambda: audit.read(AuditQuery())):
        with pytest.raises(StoreUnavailable):
            ask()
