"""A conversation is erased while an outside desk has its case: it is closed there, and nothing more of it is shown."""

from __future__ import annotations

import logging

import pytest
from desks.fake_desk import FakeOutsideDesk
from desks.house import House, Visitor
from waiting import wait_until

from bot.ports import Case, QueuePlace


@pytest.fixture(autouse=True)
def rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was erased is looked for often."""
    monkeypatch.setattr("bot.workers.erasure_feed.ROUND_SECONDS", 0.02)


def erase(house: House, visitor: Visitor) -> None:
    """As a shell does it, beside the gateway."""
    house.gateway.eraser.erase([visitor.id], (), "forget", "shell")


def test_it_is_closed_there(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """Taken or not, and what its agent says later goes nowhere; the next case of anybody has another number."""
    driver.tell("message", case, text="Halo")
    wait_until(lambda: visitor.status == "connected")
    erase(house, visitor)
    wait_until(lambda: driver.closed.get(case))
    driver.tell("message", case, text="Masih di sana?")
    other = house.visitor("user-2")
    number = other.hand_off()
    wait_until(lambda: number in driver.opened)
    assert number != case and other.texts("agent") == []


def test_the_desk_is_away(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """It is closed when the desk is back."""
    driver.fails = {case}
    erase(house, visitor)
    wait_until(lambda: len(driver.tries) >= 2)
    driver.fails.clear()
    wait_until(lambda: driver.closed.get(case))


def test_the_gateway_was_stopped(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """Its next start closes it."""
    visitor.say("satu")
    wait_until(lambda: driver.shown.get(case))
    eraser = house.gateway.eraser
    house.stop()
    eraser.erase([visitor.id], (), "forget", "shell")
    house.start()
    wait_until(lambda: driver.closed.get(case))


def test_while_it_is_opened(house: House, driver: FakeOutsideDesk, visitor: Visitor, caplog: pytest.LogCaptureFixture,
                            monkeypatch: pytest.MonkeyPatch) -> None:
    """The log names the case, which is closed as soon as the desk answers."""
    opens = driver.open_case

    async def open_case(case: Case, place: QueuePlace | None, transcript: str) -> str:
        numbers.append(case.number)
        erase(house, visitor)
        ref = await opens(case, place, transcript)
        driver.fails = {ref}
        return ref

    numbers: list[str] = []
    monkeypatch.setattr(driver, "open_case", open_case)
    with caplog.at_level(logging.WARNING):
        visitor.send("say", text="Bicara dengan manusia", payload="/talk_to_human")
        wait_until(lambda: len(driver.tries) >= 2)
        driver.fails.clear()
        wait_until(lambda: driver.closed.get(numbers[0]))
    number = numbers[0]
    assert f"{number} was opened at the desk fake as {number} while it was erased here" in caplog.text
