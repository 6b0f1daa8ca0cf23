"""What is said when somebody wants a person: a closed desk, an empty one, one with people and their waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from dialogue_driver import carried_out
from fakes import FakeQueue, FakeTickets

from bot.adapters.sample_customers import sample_identity
from bot.adapters.wording_reader import read_wording
from bot.core.case import WaitRange
from bot.core.facts import Facts
from bot.core.routing import Staffing
from bot.languages import LANGUAGES
from bot.services.dialogue.manager import DialogueManager, Reply
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.effect_messages import wait_line
from bot.services.wording import Words
from bot.settings import ROOT

WORDING = read_wording(ROOT / "data")
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=timezone.utc)
CLOSED = Staffing(0, False, MONDAY, "Asia/Jakarta")
Ask = Callable[..., Reply]


@pytest.fixture
def queue() -> FakeQueue:
    """The desk."""
    return FakeQueue()


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest, facts: Facts) -> Words:
    """The words of each language."""
    return WORDING.words(facts, request.param)


@pytest.fixture
def ask(queue: FakeQueue, words: Words, facts: Facts) -> Ask:
    """Somebody entitled asks for a person."""
    manager = DialogueManager(WORDING, queue, "https://community.example.com")

    def make(customer: str = "premier_plus:member:business", **state: object) -> Reply:
        before = State(language=words.language).with_values(**state)
        who = sample_identity(customer)
        turn = Turn("c", "agen", "talk_to_human", {"talk_to_human": 1.0}, identity=who, cards=True)
        return carried_out(manager.reply(turn, before, facts), queue, FakeTickets(), WORDING, facts)

    return make


@pytest.mark.parametrize(("zone", "local"), [
    (None, {"id": "Senin, 23 November pukul 08.00 WIB", "en": "Monday, November 23 at 8:00 AM GMT+07:00",
            "es": "el lunes 23 de noviembre a las 8:00 GMT+07:00"}),
    ("America/New_York", {"id": "Minggu, 22 November pukul 20.00", "en": "Sunday, November 22 at 8:00 PM",
                          "es": "el domingo 22 de noviembre a las 20:00"})])
def test_a_closed_desk(queue: FakeQueue, ask: Ask, words: Words, zone: str | None, local: dict[str, str]) -> None:
    """Nobody is queued; it is said when it opens, by the visitor's or the desk's named clock; the form is at hand."""
    queue.staff, queue.zone = CLOSED, zone
    reply = ask()
    (bubble,) = reply.bubbles
    assert queue.cases == {} and bubble.card is None and reply.state.route == "ticket_form"
    assert f"{local[words.language]}." in bubble.text
    assert [button.payload for button in bubble.buttons] == ["/create_ticket"]


def test_nobody_knows_when_it_opens(queue: FakeQueue, ask: Ask, words: Words) -> None:
    """No time is made up."""
    queue.staff = replace(CLOSED, opens_at=None)
    assert words.phrase("opens_unknown") in ask().bubbles[0].text


def test_a_form_under_way_goes_on(queue: FakeQueue, ask: Ask) -> None:
    """At a closed desk what was filled in is not gone."""
    queue.staff = CLOSED
    form = {"kind": "ticket", "asked": "subject", "key": "c:m", "subject": None, "description": None, "email": None,
            "priority": None}
    assert ask(form=form).state.form == form


def test_who_waits_when_it_closes(queue: FakeQueue, ask: Ask, words: Words) -> None:
    """Keeps the place, and is told so."""
    ask()
    queue.staff = CLOSED
    reply = ask()
    assert reply.bubbles[0].card is not None and len(queue.cases) == 1
    assert words.phrase("wait_closed", opens=words.moment(MONDAY, "Asia/Jakarta", named=True)) in reply.bubbles[0].text


def test_nobody_is_there(queue: FakeQueue, ask: Ask, words: Words) -> None:
    """Queued, honestly, with the ticket as the other way."""
    queue.staff = Staffing(0)
    (bubble,) = ask().bubbles
    assert bubble.card is not None and bubble.card["case"] == "KLC-000001" and "wait" not in bubble.card
    assert words.phrase("wait_nobody") in bubble.text
    assert [button.payload for button in bubble.buttons] == ["/create_ticket"]


@pytest.mark.parametrize("online", [2, None])
def test_with_people(queue: FakeQueue, ask: Ask, words: Words, online: int | None) -> None:
    """The place, and the interval as soon as there is one; nothing is said that nobody knows."""
    queue.staff = Staffing(online)
    (bubble,) = ask().bubbles
    assert bubble.buttons == () and not any(words.phrase(key).split(":")[0] in bubble.text for key in ("wait_short",))
    queue.wait = WaitRange(240, 540)
    (bubble,) = ask().bubbles
    assert wait_line(queue.wait, words) in bubble.text and "4–9" in bubble.text
    assert bubble.card is not None and bubble.card["wait"] == {"low": 240, "high": 540}


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (WaitRange(5, 60), None), (WaitRange(10, 80), "2"), (WaitRange(35, 180), "1–3"), (WaitRange(60, 85), "1–2"),
        (WaitRange(600, 610), "10"), (WaitRange(240, 3600), "4–60")])
def test_in_minutes(words: Words, wait: WaitRange, told: str | None) -> None:
    """Whole minutes, none where it takes less than one."""
    line = wait_line(wait, words)
    assert (told in line) if told else line == words.phrase("wait_short")


@pytest.mark.parametrize(("customer", "hours", "escalates"), [
    ("premier_plus:member:business", 1, True), ("premier:member:business", 1, False),
    ("access:member:business", None, False)])
def test_the_promise_goes_along(queue: FakeQueue, ask: Ask, customer: str, hours: int | None, escalates: bool) -> None:
    """The case knows what the plan promises for its priority."""
    ask(customer, incident="p1")
    promised = queue.cases["c"].terms
    assert (
        promised.first_response_within == (timedelta(hours=hours) if hours else None)
        and promised.escalates is escalates)


def test_not_understood_at_a_closed_desk(queue: FakeQueue, words: Words, facts: Facts) -> None:
    """The second time the ticket is the door, not an agent who is not there."""
    queue.staff = CLOSED
    manager = DialogueManager(WORDING, queue, "https://community.example.com")
    turn = Turn("c", "anu", "nlu_fallback", {"nlu_fallback": 0.9}, identity=sample_identity("premier:admin:business"))
    reply = manager.reply(turn, State(language=words.language, fallback_count=1), facts)
    assert [button.payload for button in reply.bubbles[0].buttons] == ["/create_ticket"]
