"""An older backup is restored while the desk goes on from where it was: nothing is shown twice, lost or stuck.

What visitors said after the backup is at the desk and no more in the log; their next words have the same numbers in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from contracts.test_agent_desk import agents_at, appears, numbers, times
from desks.agent_driver import AgentDriver
from desks.backups import Backup
from desks.fixtures import each_desk
from desks.house import House
from waiting import wait_until

from bot.adapters.desks.registry import AGENT_DESKS

# What is put back: all of it, how far the desk was read, or how far the case was shown there.
ROWS = {"all": "", "read": "memory", "shown": "desk_link"}


@pytest.fixture(params=each_desk(AGENT_DESKS))
def driver(request: pytest.FixtureRequest) -> AgentDriver:
    """Agents at each desk outside."""
    return agents_at(request.param, request)


@contextmanager
def restored(house: House, table: str = "") -> Iterator[None]:
    """What happens meanwhile is forgotten: afterwards the gateway starts on the database (or its `table`) of before."""
    backup = Backup(house.settings.database_url)
    yield
    house.stop()
    backup.restore(table)
    house.start()


@pytest.mark.parametrize("rows", ROWS)
def test_a_case_goes_on(house: House, driver: AgentDriver, rows: str) -> None:
    """The agents' words of after the backup come again from the desk; the visitor's next ones arrive there."""
    visitor, case = house.queued()
    driver.say(case, "sari", "jawaban 0")
    wait_until(lambda: visitor.texts("agent") == ["jawaban 0"], "the first answer")
    visitor.say("pesan 0")
    wait_until(lambda: times(driver, case, "pesan 0"), "the first word")
    with restored(house, ROWS[rows]):
        driver.say(case, "sari", "jawaban 1")
        wait_until(lambda: visitor.texts("agent")[1:] == ["jawaban 1"], "the second answer")
        for number in (1, 2, 3):
            visitor.say(f"pesan {number}")
        wait_until(lambda: times(driver, case, "pesan 3"), "the words that are forgotten")
    wait_until(lambda: visitor.texts("agent")[1:] == ["jawaban 1"], "the second answer again")
    for number in (4, 5, 6):
        visitor.say(f"pesan {number}")
    wait_until(lambda: times(driver, case, "pesan 6"), "the next words")
    driver.say(case, "sari", "jawaban 2")
    wait_until(lambda: visitor.texts("agent")[2:] == ["jawaban 2"], "the third answer")
    assert visitor.texts("agent") == ["jawaban 0", "jawaban 1", "jawaban 2"]
    assert numbers(driver, case) == list("0123456")
    assert visitor.events() == ["connected"]
    driver.close(case, "sari", "solved")
    wait_until(lambda: visitor.status == "closed", "the end")


def test_ended_meanwhile(house: House, driver: AgentDriver) -> None:
    """What was over at the desk is over here, too, with the last word."""
    visitor, case = house.queued()
    driver.say(case, "sari", "Halo")
    wait_until(lambda: visitor.texts("agent") == ["Halo"])
    with restored(house):
        driver.say(case, "sari", "Sudah beres")
        driver.close(case, "sari", "solved")
        wait_until(lambda: visitor.status == "closed")
        wait_until(lambda: driver.is_over(case), "the end at the desk")
    wait_until(lambda: visitor.status == "closed", "the end again")
    assert visitor.texts("agent") == ["Halo", "Sudah beres"]
    assert visitor.events() == ["connected", "ended"]


def test_a_number_that_was_given_before(house: House, driver: AgentDriver) -> None:
    """A case after the backup is forgotten here, and its number given again, perhaps to the same visitor: it is another
    case, with its own words, and agents can answer it."""
    visitor = house.visitor()
    visitor.say("Halo, bot")
    wait_until(lambda: "heard: Halo, bot" in visitor.texts("bot"))
    with restored(house):
        first = visitor.hand_off()
        appears(driver, first)
        driver.say(first, "sari", "Halo")
        wait_until(lambda: visitor.texts("agent") == ["Halo"])
        driver.give_back(first, "sari")
        wait_until(lambda: driver.is_over(first), "the end at the desk")
    visitor.say("Suaranya putus")
    second = visitor.hand_off()
    assert second == first
    wait_until(lambda: driver.cases().count(second) == 2, "another case")
    wait_until(lambda: times(driver, second, "Suaranya putus"), "what was said before it")
    driver.say(second, "budi", "Halo lagi")
    wait_until(lambda: visitor.texts("agent") == ["Halo lagi"], "the answer")
    assert visitor.status == "connected"
