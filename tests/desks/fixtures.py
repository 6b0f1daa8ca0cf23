"""Fixtures for tests of desks, here and beside the adapters: a gateway before a desk, its people, real servers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from importlib import import_module
from inspect import getfile
from pathlib import Path
from typing import Any, Protocol

import pytest
from desks.agent_driver import AgentDriver
from desks.house import House

from bot.ports import Ticket, TicketDraft
from bot.settings import Settings


class RealServer(Protocol):
    """A real desk's server on this machine, where it is installed. `MISSING` says how to install it."""

    MISSING: str

    @staticmethod
    def is_installed() -> bool: ...
    def __init__(self, folder: Path) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


StartOnce = Callable[[type[RealServer]], Any]


def open_driver(desk: type, request: pytest.FixtureRequest) -> Any:
    """The people at a desk: `open_driver(request)` of `tests/driver.py` in the folder of the adapter `desk`."""
    folder = desk.__module__.rpartition(".")[0]
    return import_module(f"{folder}.tests.driver").open_driver(request)


def each_desk(desks: Mapping[str, type], *others: str) -> list[Any]:
    """The names of `desks` and `others`, as parameters. A desk with a real server to test against is left to the long
    run."""
    return [*others, *(pytest.param(name, marks=pytest.mark.long if _has_real_server(desk) else ())
                       for name, desk in desks.items())]


def _has_real_server(desk: type) -> bool:
    return Path(getfile(desk)).parent.joinpath("tests", "real_server.py").exists()


@pytest.fixture(scope="session")
def start_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartOnce]:
    """Starts each real server once for all tests; skips the test where the server is not installed."""
    running: dict[type[RealServer], RealServer] = {}

    def start(kind: type[RealServer]) -> RealServer:
        if not kind.is_installed():
            pytest.skip(kind.MISSING)
        if kind not in running:
            running[kind] = kind(tmp_path_factory.mktemp(kind.__name__.lower()))
            running[kind].start()
        return running[kind]

    yield start
    for server in running.values():
        server.stop()


@pytest.fixture
def house(driver: AgentDriver, settings: Settings, seeded_sqlite: Path, tmp_path: Path,
          monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The gateway before the desk; it retries soon."""
    own = replace(settings, database_url=f"sqlite:///{tmp_path / 'web.db'}", messages_per_minute=100_000)
    shutil.copy(seeded_sqlite, tmp_path / "web.db")
    for name, seconds in {
        "live.bot_dispatcher.WATCHFUL_SECONDS": 0.02, "live.bot_dispatcher.CALM_SECONDS": 0.05,
        "live.bot_dispatcher.RETRY_SECONDS": 0.02, "workers.desk_sync.outbox.SETTLING_SECONDS": 0.3,
        "workers.desk_sync.outbox.FIRST_RETRY_SECONDS": 0.1, "workers.desk_sync.outbox.LONGEST_RETRY_SECONDS": 0.5,
        "workers.desk_sync.inbox.RETRY_SECONDS": 0.1, "workers.desk_sync.inbox.LONGEST_RETRY_SECONDS": 0.5,
    }.items():
        monkeypatch.setattr(f"bot.{name}", seconds)
    house = House(own, driver)
    house.start()
    yield house
    house.stop()


@pytest.fixture
def ticket(draft: Callable[..., TicketDraft]) -> Callable[..., Ticket]:
    """Makes a ticket of a number; its key is another one in each test, as in a database of its own."""
    key = f"{datetime.now(timezone.utc).timestamp()}"

    def make(number: int = 1, *, again: str = "", **changes: Any) -> Ticket:
        made = draft(f"{key}:{number}:{again}", **changes)
        return Ticket(f"KLT-{number:06d}", made, datetime.now(timezone.utc))

    return make
