"""Fixtures of several contracts: a gateway before a desk, and real servers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from desks import synapse
from desks.driver import Driver
from desks.house import House

from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.facts import SqlFacts
from bot.adapters.wording import read_wording as read_wording_anew
from bot.core.facts import Facts
from bot.settings import Settings

read_wording = lru_cache(read_wording_anew)


@pytest.fixture(scope="session")
def matrix_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[synapse.Synapse]:
    """A real Matrix server, for all tests."""
    if not synapse.is_installed():
        pytest.skip(synapse.MISSING)
    server = synapse.Synapse(tmp_path_factory.mktemp("synapse"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def house(
    driver: Driver, settings: Settings, migrated_sqlite: Path, tmp_path: Path, facts: Facts,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """The gateway before the desk; it retries soon."""
    own = replace(settings, database_url=f"sqlite:///{tmp_path / 'web.db'}", messages_per_minute=100_000)
    shutil.copy(migrated_sqlite, tmp_path / "web.db")
    engine = open_engine(own.database_url)
    SqlFacts(engine).save(facts)
    engine.dispose()
    for name, seconds in {
        "relay.WATCHFUL_SECONDS": 0.02, "relay.CALM_SECONDS": 0.05, "relay.RETRY_SECONDS": 0.02,
        "outside.mirror.SWEEP_SECONDS": 0.3, "outside.mirror.FIRST_RETRY_SECONDS": 0.1,
        "outside.mirror.LONGEST_RETRY_SECONDS": 0.5, "outside.inbox.RETRY_SECONDS": 0.1,
        "outside.inbox.LONGEST_RETRY_SECONDS": 0.5,
    }.items():
        monkeypatch.setattr(f"bot.web.{name}", seconds)
    monkeypatch.setattr("bot.bootstrap.read_wording", read_wording)
    house = House(own, driver)
    house.start()
    yield house
    house.stop()
