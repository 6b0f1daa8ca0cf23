"""The contract of `AgentDesk`, for every desk: a hand-off there and back, each word once and in order, whoever fails.

The console and Matrix (a Synapse) are the real ones, Chatwoot and Zendesk strict fakes: see `docs/desks.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from desks.agent_driver import AgentDriver
from desks.console import Console
from desks.fixtures import each_desk, open_driver
from desks.house import House
from waiting import wait_until

from bot.adapters.desks.registry import AGENT_DESKS

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000"
    "000049454e44ae426082")
MARKUP = "<script>alert(1)</script> **tebal** [di sini](https://evil.example) @room {{ 7*7 }}"


DESKS = each_desk(AGENT_DESKS, "console")


def agents_at(name: str, request: pytest.FixtureRequest) -> AgentDriver:
    """Agents at the desk of this name."""
    return Console() if name == "console" else open_driver(AGENT_DESKS[name], request)  # type: ignore[no-any-return]


@pytest.fixture(params=DESKS)
def driver(request: pytest.FixtureRequest) -> AgentDriver:
    """Agents at each desk."""
    return agents_at(request.param, request)


@contextmanager
def away(driver: AgentDriver) -> Iterator[None]:
    """Without the desk's server."""
    driver.go_away()
    try:
        yield
    finally:
        driver.come_back()


def needs(driver: AgentDriver, what: str) -> None:
    """Skip the rest where a desk has no such thing (`docs/desks.md` says so)."""
    if what in getattr(driver, "cannot", ()):
        pytest.skip(f"agents there can't {what}")


def appears(driver: AgentDriver, case: str) -> None:
    """The agents see it."""
    wait_until(lambda: case in driver.cases(), f"the case {case}")


def times(driver: AgentDriver, case: str, text: str) -> int:
    """How often agents read it."""
    return sum(seen.count(text) for seen in driver.seen(case))


def numbers(driver: AgentDriver, case: str) -> list[str]:
    """Of the visitor's numbered messages, as agents read them; in the queue the bot answers them, too."""
    return [text[-1] for text in driver.seen(case) if "pesan " in text and "heard" not in text]


def test_a_case_appears_once(house: House, driver: AgentDriver) -> None:
    """With who asks, and what was said before."""
    visitor = house.visitor()
    visitor.say("Suaranya putus-putus sejak pagi")
    case = visitor.hand_off()
    appears(driver, case)
    wait_until(lambda: times(driver, case, "Suaranya putus-putus sejak pagi"), "the transcript")
    visitor.say("Halo?")
    wait_until(lambda: times(driver, case, "Halo?"))
    assert driver.cases().count(case) == 1
    assert times(driver, case, "heard: Suaranya putus-putus sejak pagi") == 1


def test_accepted(house: House, driver: AgentDriver) -> None:
    """The visitor sees the agent's name; the bot is silent from now on."""
    visitor, case = house.queued()
    driver.accept(case, "sari")
    wait_until(lambda: visitor.status == "connected", "an agent")
    assert visitor.conversation.agent is not None and visitor.conversation.agent.name == "Sari"
    visitor.say("Halo Sari")
    wait_until(lambda: times(driver, case, "Halo Sari"))
    assert visitor.events() == ["connected"]
    assert "heard: Halo Sari" not in visitor.texts("bot")


def test_both_directions_in_order(house: House, driver: AgentDriver) -> None:
    """Each word once, on both sides."""
    visitor, case = house.queued()
    for number in range(4):
        driver.say(case, "sari", f"jawaban {number}")
        visitor.say(f"pesan {number}")
    wait_until(lambda: visitor.texts("agent") == [f"jawaban {number}" for number in range(4)], "the answers")
    wait_until(lambda: times(driver, case, "pesan 3"))
    assert numbers(driver, case) == list("0123")
    assert not times(driver, case, "jawaban")
    assert visitor.events() == ["connected"]


def test_files(house: House, driver: AgentDriver) -> None:
    """There and back, byte by byte."""
    visitor, case = house.queued()
    visitor.upload("layar.png", PNG)
    wait_until(lambda: driver.files(case) == [("layar.png", PNG)], "the visitor's file")
    driver.show(case, "sari", "jawaban.png", PNG + b"2")
    shown = wait_until(lambda: [e for e in visitor.log() if e.author.value == "agent" and "file" in e.body])
    assert house.gateway.files.load(visitor.id, shown[0].body["file"]["id"]) == PNG + b"2"
    assert shown[0].body["name"] == "Sari"


def test_typing(house: House, driver: AgentDriver) -> None:
    """Both see that the other types."""
    visitor, case = house.queued()
    driver.accept(case, "sari")
    wait_until(lambda: visitor.status == "connected")
    driver.type(case, "sari")
    wait_until(lambda: (visitor.id, "agent") in [
        (conversation_id, frame["author"]) for conversation_id, frame in house.passing if frame["type"] == "typing"])
    needs(driver, "see typing")
    visitor.send("typing")
    wait_until(lambda: driver.sees_typing(case), "the visitor's typing")


def test_notes_stay_among_agents(house: House, driver: AgentDriver) -> None:
    """A note is no message."""
    visitor, case = house.queued()
    driver.note(case, "sari", "pelanggan lama")
    driver.say(case, "sari", "Halo")
    wait_until(lambda: visitor.texts("agent"))
    assert visitor.texts("agent") == ["Halo"]


def test_transferred(house: House, driver: AgentDriver) -> None:
    """To the other tier, and to a colleague."""
    needs(driver, "transfer")
    visitor, case = house.queued()
    driver.accept(case, "sari")
    wait_until(lambda: visitor.status == "connected")
    driver.transfer(case, "sari", 1)
    wait_until(lambda: "transferred" in visitor.events())
    wait_until(lambda: house.case(case).tier == 1)
    driver.say(case, "budi", "Halo, saya Budi")
    wait_until(lambda: visitor.texts("agent") == ["Halo, saya Budi"], "the colleague")
    assert visitor.events() == ["connected", "transferred", "connected"]


def test_back_to_the_bot_and_again(house: House, driver: AgentDriver) -> None:
    """What is said to the bot stays with it; a second hand-off is another case."""
    visitor, first = house.queued()
    driver.accept(first, "sari")
    wait_until(lambda: visitor.status == "connected")
    driver.give_back(first, "sari")
    wait_until(lambda: visitor.status == "bot")
    wait_until(lambda: driver.is_over(first), "the end at the desk")
    visitor.say("Terima kasih, bot")
    wait_until(lambda: "heard: Terima kasih, bot" in visitor.texts("bot"))
    if driver.desk() is not None:  # at the console the log is one
        assert not times(driver, first, "Terima kasih, bot")
    second = visitor.hand_off()
    assert second != first
    appears(driver, second)
    driver.say(second, "budi", "Halo lagi")
    wait_until(lambda: visitor.texts("agent")[-1:] == ["Halo lagi"])
    assert times(driver, second, "Terima kasih, bot") >= 1


def test_the_visitor_leaves(house: House, driver: AgentDriver) -> None:
    """Nobody waits for somebody who has gone."""
    visitor, case = house.queued()
    visitor.send("leave_queue")
    wait_until(lambda: driver.is_over(case), "the end at the desk")
    assert visitor.status == "bot"


def test_closed_there(house: House, driver: AgentDriver) -> None:
    """By the agent, with a reason."""
    visitor, case = house.queued()
    driver.say(case, "sari", "Sudah beres?")
    wait_until(lambda: visitor.texts("agent"))
    driver.close(case, "sari", "solved")
    wait_until(lambda: visitor.status == "closed")
    wait_until(lambda: driver.is_over(case), "the end at the desk")
    outcome = house.case(case).outcome
    assert outcome is not None and outcome.value == "solved"
    assert visitor.events() == ["connected", "ended"]


def test_markup_stays_text(house: House, driver: AgentDriver) -> None:
    """What visitors type is shown as they typed it; so is what agents type."""
    visitor = house.visitor()
    visitor.say(MARKUP)
    case = visitor.hand_off()
    appears(driver, case)
    wait_until(lambda: times(driver, case, MARKUP))
    visitor.say(f"lagi {MARKUP}")
    wait_until(lambda: times(driver, case, f"lagi {MARKUP}"))
    driver.say(case, "sari", f"Halo {MARKUP}")
    wait_until(lambda: visitor.texts("agent") == [f"Halo {MARKUP}"])


def test_the_desk_is_away(house: House, driver: AgentDriver) -> None:
    """What was said meanwhile comes later: once, in order; new cases, too."""
    visitor, late = house.visitor(), house.visitor("user-late")
    case = visitor.hand_off()
    appears(driver, case)
    driver.say(case, "sari", "Halo")
    wait_until(lambda: visitor.texts("agent") == ["Halo"])
    with away(driver):
        for number in range(4):
            visitor.say(f"pesan {number}")
        other = late.hand_off()
    appears(driver, other)
    wait_until(lambda: times(driver, case, "pesan 3"), "what was said meanwhile")
    assert numbers(driver, case) == list("0123")
    driver.say(case, "sari", "Maaf lama")
    wait_until(lambda: visitor.texts("agent") == ["Halo", "Maaf lama"])
    assert driver.cases().count(other) == 1


def test_the_gateway_starts_anew(house: House, driver: AgentDriver) -> None:
    """In the middle of it: nothing is lost or doubled on either side."""
    visitor, case = house.queued()
    driver.say(case, "sari", "jawaban 0")
    wait_until(lambda: visitor.texts("agent") == ["jawaban 0"])
    for number in range(1, 4):
        visitor.say(f"pesan {number}")
        house.stop()
        if driver.desk() is not None:
            driver.say(case, "sari", f"jawaban {number}")
        house.start()
        if driver.desk() is None:
            driver.say(case, "sari", f"jawaban {number}")
    wait_until(lambda: visitor.texts("agent") == [f"jawaban {number}" for number in range(4)], "the answers")
    wait_until(lambda: times(driver, case, "pesan 3"))
    assert numbers(driver, case) == list("123")
    assert visitor.events() == ["connected"]


@pytest.mark.parametrize("driver", each_desk(AGENT_DESKS), indirect=True)
def test_a_colleague_takes_over(house: House, driver: AgentDriver) -> None:
    """One agent at a time has it, and the visitor sees who."""
    visitor, case = house.queued()
    driver.say(case, "sari", "Halo")
    wait_until(lambda: visitor.texts("agent") == ["Halo"])
    driver.accept(case, "budi")
    wait_until(
        lambda: visitor.conversation.agent is not None and visitor.conversation.agent.name == "Budi", "the colleague")
    assert visitor.events() == ["connected", "transferred", "connected"]


@pytest.mark.parametrize("driver", each_desk(AGENT_DESKS), indirect=True)
def test_too_late(house: House, driver: AgentDriver) -> None:
    """An agent of the console has it: the others are told that their word did not reach the visitor."""
    visitor, case = house.queued()
    console = Console()
    console.attach(house)
    console.accept(case, "ayu")
    wait_until(lambda: visitor.status == "connected")
    console.say(case, "ayu", "Dari konsol")
    wait_until(lambda: times(driver, case, "Dari konsol"))
    driver.say(case, "sari", "Terlambat")
    wait_until(lambda: times(driver, case, "Not sent"), "the refusal")
    assert visitor.texts("agent") == ["Dari konsol"]
