"""Fixtures of several contracts: a gateway before a desk, and real servers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from desks import rt as request_tracker
from desks import synapse
from desks.driver import Driver
from desks.house import House
from desks.mail_server import Mailbox
from desks.ticket_desks import AtMailbox, AtRt, AtZendesk, People
from desks.zendesk_tickets import ZendeskServer
from fakes import FakeClock
from sqlalchemy.engine import Engine

from bot.adapters.sql.erasures import SqlErasures
from bot.adapters.sql.personal_data import SqlPersonal
from bot.ports import Ticket, TicketDraft
from bot.ports.personal_data import Erasures, Personal
from bot.services.insights import tally
from bot.settings import Settings


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
    driver: Driver, settings: Settings, seeded_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """The gateway before the desk; it retries soon."""
    own = replace(settings, database_url=f"sqlite:///{tmp_path / 'web.db'}", messages_per_minute=100_000)
    shutil.copy(seeded_sqlite, tmp_path / "web.db")
    for name, seconds in {
        "live.bot_dispatcher.WATCHFUL_SECONDS": 0.02,
        "live.bot_dispatcher.CALM_SECONDS": 0.05,
        "live.bot_dispatcher.RETRY_SECONDS": 0.02,
        "workers.desk_sync.outbox.SWEEP_SECONDS": 0.3,
        "workers.desk_sync.outbox.FIRST_RETRY_SECONDS": 0.1,
        "workers.desk_sync.outbox.LONGEST_RETRY_SECONDS": 0.5,
        "workers.desk_sync.inbox.RETRY_SECONDS": 0.1,
        "workers.desk_sync.inbox.LONGEST_RETRY_SECONDS": 0.5,
    }.items():
        monkeypatch.setattr(f"bot.{name}", seconds)
    house = House(own, driver)
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="session")
def rt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[request_tracker.Rt]:
    """A real Request Tracker, for all tests."""
    if not request_tracker.is_installed():
        pytest.skip(request_tracker.MISSING)
    server = request_tracker.Rt(tmp_path_factory.mktemp("rt") / "rt", request_tracker.FlakyWay("").port)
    yield server
    server.stop()


@pytest.fixture(params=["mail", pytest.param("rt", marks=pytest.mark.long), "zendesk"])
def people(request: pytest.FixtureRequest) -> Iterator[People]:
    """Those who work at each desk, which is there."""
    server: Any
    if request.param == "mail":
        server = Mailbox()
        at: Any = AtMailbox(server)
    elif request.param == "rt":
        real: request_tracker.Rt = request.getfixturevalue("rt")
        server = request_tracker.FlakyWay(real.url)
        at = AtRt(real, server)
    else:
        server = ZendeskServer()
        at = AtZendesk(server)
    server.start()
    yield at
    server.stop()


@pytest.fixture
def answering(people: People) -> People:
    """Those of whose answers the desk can tell."""
    if isinstance(people, AtMailbox):
        pytest.skip("a mailbox tells of no replies")
    return people


@pytest.fixture
def ticket(draft: Callable[..., TicketDraft]) -> Callable[..., Ticket]:
    """Makes a ticket of a number; its key is another one in each test, as in a database of its own."""
    key = f"{datetime.now(timezone.utc).timestamp()}"

    def make(number: int = 1, *, again: str = "", **changes: Any) -> Ticket:
        made = draft(f"{key}:{number}:{again}", **changes)
        return Ticket(f"KLT-{number:06d}", made, datetime.now(timezone.utc))

    return make


@pytest.fixture
def personal(engine: Engine) -> Personal:
    """Each adapter of the port."""
    return SqlPersonal(engine)


@pytest.fixture
def erasures(engine: Engine, clock: FakeClock) -> Erasures:
    """Each adapter of the port; days are those of UTC."""
    return SqlErasures(engine, lambda records, at: tally(records, at, lambda then: then.date()), clock)
