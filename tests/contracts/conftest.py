"""Fixtures of several contracts: a fake desk and a case there, the people at each ticket desk, and personal data."""

from __future__ import annotations

import pytest
from desks.fake_desk import FakeOutsideDesk
from desks.fixtures import each_desk, open_driver
from desks.house import House, Visitor
from desks.ticket_driver import TicketDriver
from fakes import FakeClock
from sqlalchemy.engine import Engine
from waiting import wait_until

from bot.adapters.desks.registry import TICKET_DESKS
from bot.adapters.sql.erasures import SqlErasures
from bot.adapters.sql.personal_data import SqlPersonal
from bot.ports.personal_data import Erasures, Personal
from bot.services.insights import tally


@pytest.fixture
def driver() -> FakeOutsideDesk:
    """The desk."""
    return FakeOutsideDesk()


@pytest.fixture
def visitor(house: House) -> Visitor:
    """Somebody in the queue."""
    return house.visitor()


@pytest.fixture
def case(visitor: Visitor, driver: FakeOutsideDesk) -> str:
    """Their case, which the desk shows under its number."""
    number = visitor.hand_off()
    wait_until(lambda: number in driver.opened)
    return number


@pytest.fixture(params=each_desk(TICKET_DESKS))
def people(request: pytest.FixtureRequest) -> TicketDriver:
    """Those who work at each desk, which is there."""
    people: TicketDriver = open_driver(TICKET_DESKS[request.param], request)
    return people


@pytest.fixture
def answering(people: TicketDriver) -> TicketDriver:
    """Those of whose answers the desk can tell."""
    if "reply" in getattr(people, "cannot", ()):
        pytest.skip("the desk tells of no replies")
    return people


@pytest.fixture
def personal(engine: Engine) -> Personal:
    """Each adapter of the port."""
    return SqlPersonal(engine)


@pytest.fixture
def erasures(engine: Engine, clock: FakeClock) -> Erasures:
    """Each adapter of the port; days are those of UTC."""
    return SqlErasures(engine, lambda records, at: tally(records, at, lambda then: then.date()), clock)
