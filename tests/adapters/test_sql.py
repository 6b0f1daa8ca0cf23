"""SQL on SQLite and PostgreSQL: migrations, the facts as seeded, tickets and cases as stored, and refusals."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from forkserver import PROCESSES
from sqlalchemy import event, func, inspect, select, update
from sqlalchemy.engine import Engine

from bot.adapters.sql import engine as engine_module
from bot.adapters.sql import tables
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.engine import open_engine, transaction
from bot.adapters.sql.facts import SqlFacts
from bot.adapters.sql.migrate import migrate
from bot.adapters.sql.tickets import SqlTickets
from bot.bootstrap import seed
from bot.core.errors import ConfigurationError, StoreUnavailable
from bot.core.facts import Facts
from bot.ports import CaseFile, TicketDraft
from bot.settings import ROOT, Settings


def test_migrations_make_the_tables(empty_engine: Engine) -> None:
    """The migrations and `tables.py` say the same."""
    migrate(empty_engine)
    with empty_engine.connect() as connection:
        # SQLite keeps its numbers in a table of its own.
        ours = {"include_object": lambda _object, name, *_: name != "sqlite_sequence"}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **ours})
        assert compare_metadata(context, tables.metadata) == []


def test_migrating_is_silent(tmp_path: Path) -> None:
    """Even where a process logs what it does, as the action server and the gateway do; our own lines are heard."""
    script = (
        "import logging; logging.basicConfig(level=logging.INFO)\n"
        "from bot.adapters.sql.engine import open_engine\n"
        "from bot.adapters.sql.migrate import migrate\n"
        f"migrate(open_engine('sqlite:///{tmp_path / 'kilat.db'}'))\n"
        "logging.getLogger('bot').info('migrated')\n")
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == "INFO:bot:migrated\n"


def test_migrating_twice_is_harmless(engine: Engine, facts: Facts) -> None:
    """A restart keeps what is stored."""
    SqlFacts(engine).save(facts)
    migrate(engine)
    assert SqlFacts(engine).load() == facts


def test_seeded_facts_equal_the_yaml(settings: Settings, database_url: str, facts: Facts) -> None:
    """`seed` brings every fact of the YAML into SQL and none besides."""
    seeded = seed(replace(settings, database_url=database_url))
    engine = open_engine(database_url)
    stored = SqlFacts(engine).load()
    engine.dispose()
    assert stored == facts == seeded
    assert stored.features == facts.features


def test_processes_that_seed_at_once(settings: Settings, database_url: str, facts: Facts) -> None:
    """Three servers that start on an empty database: each succeeds, and the facts are there once."""
    shared = replace(settings, database_url=database_url)
    with ProcessPoolExecutor(3, mp_context=PROCESSES) as pool:
        assert list(pool.map(seed, [shared] * 6)) == [facts] * 6
    engine = open_engine(database_url)
    assert SqlFacts(engine).load() == facts
    engine.dispose()


def test_the_tables_hold_nothing_besides(engine: Engine, facts: Facts) -> None:
    """Row counts: what the YAML does not say is not in SQL either, after a second seeding too."""
    for _ in range(2):
        SqlFacts(engine).save(facts)
    counts = {
        tables.knowledge: 1, tables.rules: len(facts.rules),
        tables.phone_numbers: sum(len(line.numbers) for line in facts.phone_lines.values()),
        tables.priorities: len(facts.priorities), tables.channels: len(facts.channels), tables.account_types: 6,
        tables.labels: len(facts.labels)}
    with engine.connect() as connection:
        assert {t: connection.execute(select(func.count()).select_from(t)).scalar() for t in counts} == counts


def test_a_changed_fact_is_seen_at_once(engine: Engine, facts: Facts) -> None:
    """An open store notices a new seeding; a fact that went away is gone."""
    store = SqlFacts(engine)
    store.save(facts)
    assert store.load() == facts
    p1 = replace(facts.priorities["p1"], first_response_hours=2)
    lines = {code: line for code, line in facts.phone_lines.items() if code != "HK"}
    changed = replace(facts, revision="changed", priorities={**facts.priorities, "p1": p1}, phone_lines=lines)
    SqlFacts(engine).save(changed)
    assert store.load() == changed


def test_a_seeding_in_the_middle_of_a_load(engine: Engine, facts: Facts) -> None:
    """The facts are seen as they were or as they are, never half of each."""
    changed = replace(facts, revision="changed", rules=facts.rules[:5])
    SqlFacts(engine).save(facts)
    other = open_engine(str(engine.url))
    seedings = iter([changed])

    @event.listens_for(engine, "after_execute")
    def seed_once(_connection: object, statement: object, *_rest: object) -> None:
        if "knowledge" in str(statement) and (pending := next(seedings, None)):
            SqlFacts(other).save(pending)

    assert SqlFacts(engine).load() in (facts, changed)
    assert next(seedings, None) is None
    other.dispose()


def test_facts_never_seeded(engine: Engine) -> None:
    """Without a seeding there is no answer, and waiting does not help."""
    with pytest.raises(StoreUnavailable, match="kilat seed") as refusal:
        SqlFacts(engine).load()
    assert not refusal.value.retryable


def test_a_database_never_migrated(empty_engine: Engine, draft: Callable[..., TicketDraft]) -> None:
    """A database without tables is unavailable, not a crash."""
    with pytest.raises(StoreUnavailable):
        SqlFacts(empty_engine).load()
    with pytest.raises(StoreUnavailable):
        SqlTickets(empty_engine).open_ticket(draft("c-1:m-1"))


def test_a_server_that_is_down(facts: Facts) -> None:
    """Nobody listens: unavailable, with the cause kept."""
    engine = open_engine("postgresql+psycopg2://root@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable) as refusal:
        SqlFacts(engine).load()
    assert refusal.value.retryable
    assert refusal.value.__cause__ is not None


@pytest.mark.parametrize("url", ["", "nonsense", "mongodb://localhost/kilat"])
def test_a_wrong_database_url(url: str) -> None:
    """The variable is named."""
    with pytest.raises(ConfigurationError, match="KILAT_DATABASE_URL"):
        open_engine(url)


def test_a_locked_database(tmp_path: Path, facts: Facts, draft: Callable[..., TicketDraft],
                           monkeypatch: pytest.MonkeyPatch) -> None:
    """Tickets are refused for now, facts answered from the snapshot; both come back by themselves."""
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.05)
    path = tmp_path / "kilat.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    store, fresh, desk = SqlFacts(engine), SqlFacts(engine), SqlTickets(engine)
    store.save(facts)
    assert store.load() == facts
    engine.dispose()  # an open reader can't be kept out
    with _locked(path):
        assert store.load() == facts
        with pytest.raises(StoreUnavailable):
            fresh.load()
        with pytest.raises(StoreUnavailable) as refusal:
            desk.open_ticket(draft("c-1:m-1"))
    assert refusal.value.retryable
    assert fresh.load() == facts
    assert desk.open_ticket(draft("c-1:m-1"))
    engine.dispose()


def test_threads_take_turns(tmp_path: Path, draft: Callable[..., TicketDraft]) -> None:
    """None of many writers finds SQLite's lock taken, even where nobody would wait for it; or waits for ever."""
    engine = open_engine(f"sqlite:///{tmp_path / 'kilat.db'}", 30)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=0"))
    migrate(engine)
    desk = SqlTickets(engine)
    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda n: desk.open_ticket(draft(f"c-1:m-{n}"), bounded=False), range(100)))
    assert len(set(numbers)) == 100
    engine.dispose()
    impatient = open_engine(f"sqlite:///{tmp_path / 'kilat.db'}", 0.05)
    with ThreadPoolExecutor(1) as other:
        last = draft("c-2:m-200", conversation_id="c-2")
        with transaction(impatient), pytest.raises(StoreUnavailable, match="other threads"):
            other.submit(SqlTickets(impatient).open_ticket, last).result()
        other.submit(SqlTickets(impatient).open_ticket, last).result()
    impatient.dispose()


def test_a_ticket_is_stored_as_confirmed(engine: Engine, draft: Callable[..., TicketDraft]) -> None:
    """Every field, the markup as it was typed, and the claims."""
    SqlTickets(engine).open_ticket(draft("c-1:m-1"))
    with engine.connect() as connection:
        row = connection.execute(select(tables.tickets)).mappings().one()
    assert {key: row[key] for key in row if key not in ("id", "created_at")} == {
        "key": "c-1:m-1", "conversation": "c-1", "subject": "Audio", "description": "Suaranya <b>putus</b>",
        "email": "ada@example.com", "priority": "p2", "language": "id", "context": {"tried": []},
        "claims": {
            "subject": "user-1", "name": "Ada", "email": "ada@example.com",
            "customer": {
                "plan": "premier", "account_type": "business", "role": "admin", "licensed": True, "paid": None}},
        "ref": None, "cursor": None, "is_over": False}
    assert row["created_at"] is not None


def test_a_closed_case_leaves_the_queue(engine: Engine, case_file: Callable[..., CaseFile]) -> None:
    """Others move up, and the conversation may queue again with a new case."""
    desk = SqlCases(engine)
    first = desk.open_case(case_file("ani"))
    desk.open_case(case_file("budi"))
    with engine.begin() as connection:
        connection.execute(update(tables.cases).where(tables.cases.c.conversation == "ani").values(state="closed"))
    assert desk.open_case(case_file("budi")).position == 1
    again = desk.open_case(case_file("ani"))
    assert (again.is_new, again.position) == (True, 2)
    assert again.case_number != first.case_number


def test_opening_an_engine_touches_nothing(tmp_path: Path) -> None:
    """The database file appears at first use."""
    path = tmp_path / "sub" / "kilat.db"
    engine = open_engine(f"sqlite:///{path}")
    assert not path.exists()
    assert inspect(engine).get_table_names() == []


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep everyone else out of a SQLite database, readers too."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("CREATE TABLE lock (x)")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()
