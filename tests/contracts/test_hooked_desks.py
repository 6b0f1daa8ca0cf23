"""Desks that send webhooks and lose answers: whatever becomes of either, each word is there once, on both sides.

Against the strict fakes for Chatwoot and Zendesk (`docs/desks.md`).
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from desks.chatwoot import Chatwoot
from desks.chatwoot_server import ChatwootServer
from desks.house import House
from desks.zendesk import Zendesk
from desks.zendesk_server import ZendeskServer
from waiting import wait_until

Hooked = Chatwoot | Zendesk
DESKS = {"chatwoot": (ChatwootServer, Chatwoot), "zendesk": (ZendeskServer, Zendesk)}
WORDS = 6


@pytest.fixture(params=DESKS)
def driver(request: pytest.FixtureRequest) -> Iterator[Hooked]:
    """Agents at each desk."""
    make_server, make_driver = DESKS[request.param]
    server = make_server()
    server.start()
    yield make_driver(server)
    server.stop()
    assert not server.wrong


def talk(house: House, driver: Hooked) -> None:
    """A hand-off and some words both ways, each there once and in order at the end."""
    visitor = house.visitor()
    case = visitor.hand_off()
    wait_until(lambda: case in driver.cases(), "the case")
    for number in range(WORDS):
        driver.say(case, "sari", f"jawaban {number}")
        visitor.say(f"pesan {number}")
    wait_until(lambda: len(visitor.texts("agent")) >= WORDS, "the answers")
    wait_until(lambda: any(f"pesan {WORDS - 1}" in text for text in driver.seen(case)), "the visitor's words")
    assert visitor.texts("agent") == [f"jawaban {number}" for number in range(WORDS)]
    said = [text for text in driver.seen(case) if "pesan " in text and "heard" not in text]
    assert [text[-1] for text in said] == [str(number) for number in range(WORDS)]
    assert visitor.events() == ["connected"]


def test_every_webhook_is_doubled(house: House, driver: Hooked) -> None:
    """And each is taken for theirs."""
    talk(house, driver)
    assert driver.hooks.statuses and set(driver.hooks.statuses) == {200}


def test_no_webhook_comes(house: House, driver: Hooked) -> None:
    """The desk is looked at all the same."""
    driver.hooks.times = 0
    talk(house, driver)


def test_webhooks_come_late_and_out_of_order(house: House, driver: Hooked) -> None:
    """The log follows the desk's order, not theirs."""
    driver.hooks.keep = True
    talk(house, driver)
    driver.hooks.release(Random(1))
    wait_until(lambda: driver.hooks.statuses, "the webhooks")
    assert set(driver.hooks.statuses) == {200}


def test_a_stranger_sends_webhooks(house: House, driver: Hooked) -> None:
    """Nobody speaks by them. Chatwoot is told 200 all the same: it would mark the agent's message as failed."""
    driver.hooks.forge = True
    talk(house, driver)
    assert driver.hooks.statuses and set(driver.hooks.statuses) == {200 if isinstance(driver, Chatwoot) else 401}


@pytest.mark.parametrize("seed", range(3))
def test_answers_get_lost(house: House, driver: Hooked, seed: int) -> None:
    """Calls fail before they are done, or after, or are told to wait: each word once, in order."""
    faults = ["lost", "lost", "error", "error", "busy", *[""] * 15]
    Random(seed).shuffle(faults)
    driver.server.faults += faults
    talk(house, driver)


def test_closed_by_nobody(house: House, driver: Hooked) -> None:
    """Resolved there before anybody had it: the visitor does not wait for ever."""
    visitor = house.visitor()
    case = visitor.hand_off()
    wait_until(lambda: case in driver.cases(), "the case")
    wait_until(lambda: any(driver.seen(case)), "the transcript")
    driver.close(case, "sari", "spam")
    wait_until(lambda: visitor.status == "closed", "the end")
    wait_until(lambda: driver.is_over(case), "the end at the desk")
