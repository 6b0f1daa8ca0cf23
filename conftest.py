"""Fixtures of all tests, those beside the code included: the real facts, settings in a temporary folder, databases."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import cheaper  # noqa: F401 (before anything of the bot)
import pytest
import sanic.app  # noqa: F401 (imported later, it would put its own filter of warnings before ours)
import scheduling
from fakes import QUEUE_PATIENCE, FakeClock
from live_bot import live_bot  # noqa: F401 (a fixture, one for the whole session)
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from bot.adapters.knowledge import read_facts
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.facts import SqlFacts
from bot.adapters.sql.migrate import migrate
from bot.adapters.sql.tables import metadata
from bot.adapters.sql.tickets import SqlTickets
from bot.core.conversation import Conversation, Status
from bot.core.customer import Customer, Identity
from bot.core.facts import Facts
from bot.core.routing import HandoffTarget, Route
from bot.ports import CaseFile, Conversations, TicketDraft, Tickets
from bot.settings import ROOT, Settings

pytest_plugins = ["desks.fixtures"]

POSTGRES = "postgresql+psycopg2://root@127.0.0.1:5432/test"
IDENTITY_SECRET = "0123456789abcdef" * 3
MEMORY = "/dev/shm"
# A sixtieth of what TRUNCATE takes, which makes a new file of each table.
EMPTY = "; ".join([*(f"DELETE FROM {table}" for table in reversed(metadata.sorted_tables)),
                   "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"])
BACKENDS = ["sqlite", "postgresql"]
ADA = Identity("user-1", Customer("premier", "business", "admin", True), "Ada", "ada@example.com")


def pytest_configure(config: pytest.Config) -> None:
    """Temporary folders are kept in memory where that can be: a commit to SQLite waits 2 ms for a disk."""
    if os.access(MEMORY, os.W_OK):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Which process runs what."""
    return scheduling.together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins."""
    items.sort(key=scheduling.order)


def pytest_collection_finish() -> None:
    """Eight thousand tests and all modules are there to stay: the collector need not look at them again and again."""
    gc.freeze()


@pytest.fixture(scope="session")
def facts() -> Facts:
    """The real facts."""
    return read_facts(ROOT / "data")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that know nothing of this machine's environment."""
    return Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path), "KILAT_IDENTITY_SECRET": IDENTITY_SECRET})


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty throw-away PostgreSQL database."""
    with _throwaway_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """A migrated throw-away PostgreSQL database."""
    with _throwaway_postgres() as url:
        _migrate(url)
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "kilat.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def seeded_sqlite(migrated_sqlite: Path, facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the real facts, to copy."""
    path = tmp_path_factory.mktemp("seeded") / "kilat.db"
    shutil.copy(migrated_sqlite, path)
    engine = open_engine(f"sqlite:///{path}")
    SqlFacts(engine).save(facts)
    engine.dispose()
    return path


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once for each kind that Kilat runs on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kilat.db'}"
    url: str = request.getfixturevalue("postgres_url")
    _run(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return url


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[Engine]:
    """An engine on a database without tables."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a migrated database without rows."""
    if request.param == "sqlite":
        path = tmp_path / "migrated.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        engine = open_engine(f"sqlite:///{path}")
    else:
        url: str = request.getfixturevalue("migrated_postgres")
        _run(url, EMPTY)
        engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def cases(engine: Engine, clock: FakeClock) -> SqlCases:
    """Cases and their queue, without any, in the time of `clock`."""
    return SqlCases(engine, clock)


@pytest.fixture
def tickets(engine: Engine) -> Tickets:
    """Each adapter of the port `Tickets`, without tickets."""
    return SqlTickets(engine)


@pytest.fixture
def clock() -> FakeClock:
    """The time, at our will."""
    return FakeClock()


@pytest.fixture
def conversations(engine: Engine, clock: FakeClock) -> Conversations:
    """Each adapter of the port `Conversations`, empty, in the time of `clock`."""
    return SqlConversations(engine, QUEUE_PATIENCE, clock)


@pytest.fixture
def case_file(conversations: Conversations) -> Callable[..., CaseFile]:
    """Makes a case of a conversation, which it begins, of a tier and a priority."""

    def make(conversation_id: str, *, tier: int = 1, priority: str | None = "p3") -> CaseFile:
        if conversations.get(conversation_id) is None:
            conversations.create(Conversation(conversation_id, Status.BOT, "id", ADA), uuid.uuid4().hex)
        route = Route(HandoffTarget.AGENT_QUEUE, f"tier{tier}", tier, "tier2.premier.licensed_admin")
        question, tried = "Suaranya putus-putus", ("Apa itu P2?",)
        return CaseFile(conversation_id, question, tried, "id", "Audio", priority, None, ADA, route)

    return make


@pytest.fixture
def draft() -> Callable[..., TicketDraft]:
    """Makes a ticket of a key, with other fields replaced at will."""

    def make(key: str, **changes: object) -> TicketDraft:
        text, email = "Suaranya <b>putus</b>", "ada@example.com"
        ticket = TicketDraft(key, "c-1", "Audio", text, email, "p2", "id", ADA, {"tried": []})
        return replace(ticket, **changes)  # type: ignore[arg-type]

    return make


@contextmanager
def _throwaway_postgres() -> Iterator[str]:
    name = f"kilat_test_{uuid.uuid4().hex[:12]}"
    try:
        _run(POSTGRES, f"CREATE DATABASE {name}", f"ALTER DATABASE {name} SET synchronous_commit = off")
    except OperationalError:
        pytest.skip(f"no PostgreSQL server answers at {POSTGRES}")
    yield str(make_url(POSTGRES).set(database=name))
    _run(POSTGRES, f"DROP DATABASE {name} WITH (FORCE)")


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _migrate(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()


def _without_playwrights_loop(item: pytest.Item) -> Iterator[None]:
    """While its browser is open, Playwright's event loop stays marked as running in the tests' thread, where
    `asyncio.run` then refuses to work. Tests without a browser begin without that mark."""
    if "tests/browser" in item.nodeid:
        yield
        return
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """See `_without_playwrights_loop`."""
    return (yield from _without_playwrights_loop(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """See `_without_playwrights_loop`."""
    return (yield from _without_playwrights_loop(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """See `_without_playwrights_loop`; the last test closes the browser itself."""
    if nextitem is None:
        return (yield)
    return (yield from _without_playwrights_loop(item))
