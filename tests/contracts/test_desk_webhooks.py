"""Desks that send webhooks and lose answers: whatever becomes of either, each word is there once, on both sides.

Against the strict fakes for Chatwoot and Zendesk (`docs/desks.md`).
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from contracts.test_agent_desk import agents_at, needs
from desks.fixtures import each_desk
from desks.house import House
from waiting import wait_until

from bot.adapters.desks.registry import AGENT_DESKS

WORDS = 6


@pytest.fixture(params=each_desk(AGENT_DESKS))
def driver(request: pytest.FixtureRequest) -> Any:
    """Agents at each desk that sends webhooks, which pass through `hooks`."""
    driver = agents_at(request.param, request)
    needs(driver, "send webhooks")
    return driver


def talk(house: House, driver: Any) -> None:
    """A hand-off and some words both ways, each there once and in order at the end."""
    visitor, case = house.queued()
    for number in range(WORDS):
        driver.say(case, "sari", f"jawaban {number}")
        visitor.say(f"pesan {number}")
    wait_until(lambda: len(visitor.texts("agent")) >= WORDS, "the answers")
    wait_until(lambda: any(f"pesan {WORDS - 1}" in text for text in driver.seen(case)), "the visitor's words")
    assert visitor.texts("agent") == [f"jawaban {number}" for number in range(WORDS)]
    said = [text for text in driver.seen(case) if "pesan " in text and "heard" not in text]
    assert [text[-1] for text in said] == [str(number) for number in range(WORDS)]
    assert visitor.events() == ["connected"]


def test_every_webhook_is_doubled(house: House, driver: Any) -> None:
    """And each is taken for theirs."""
    talk(house, driver)
    assert driver.hooks.statuses and set(driver.hooks.statuses) == {200}


def test_no_webhook_comes(house: House, driver: Any) -> None:
    """The desk is looked at all the same."""
    driver.hooks.times = 0
    talk(house, driver)


def test_webhooks_come_late_and_out_of_order(house: House, driver: Any) -> None:
    """The log follows the desk's order, not theirs."""
    driver.hooks.keep = True
    talk(house, driver)
    driver.hooks.release(Random(1))
    wait_until(lambda: driver.hooks.statuses, "the webhooks")
    assert set(driver.hooks.statuses) == {200}


def test_a_stranger_sends_webhooks(house: House, driver: Any) -> None:
    """Nobody speaks by them. Chatwoot is told 200 all the same: it would mark the agent's message as failed."""
    driver.hooks.forge = True
    talk(house, driver)
    assert driver.hooks.statuses and set(driver.hooks.statuses) == {driver.status_of_a_forged_webhook}


@pytest.mark.parametrize("seed", range(3))
def test_answers_get_lost(house: House, driver: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls fail before they are done, or after, or are told to wait: each word once, in order."""
    monkeypatch.setattr("bot.core.errors.LONGEST_WAIT", 0.1)
    faults = ["lost", "lost", "error", "error", "busy", *[""] * 15]
    Random(seed).shuffle(faults)
    driver.server.faults += faults
    talk(house, driver)


def test_closed_by_nobody(house: House, driver: Any) -> None:
    """Resolved there before anybody had it: the visitor does not wait for ever."""
    visitor, case = house.queued()
    wait_until(lambda: any(driver.seen(case)), "the transcript")
    driver.close(case, "sari", "spam")
    wait_until(lambda: visitor.status == "closed", "the end")
    wait_until(lambda: driver.is_over(case), "the end at the desk")
