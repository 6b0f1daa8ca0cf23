"""Clocks of cases, as they run: days in milliseconds, each step once, whatever breaks in between."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from fakes import FakeClock
from web_client import Client

from bot.core.conversation import Agent, Change
from bot.core.errors import DeskUnavailable, StoreUnavailable
from bot.live.gateway import Gateway
from bot.ports import Alarm
from bot.workers import sla
from bot.workers.timeouts import refresh_queue_places

BUDI = Agent("budi", "Budi")
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
MEMBER, ADMIN = "premier_plus:member:business", "premier_plus:admin:enterprise"


class FakeManagers:
    """Keeps what they are told; fails as often as `failures` says."""

    def __init__(self) -> None:
        self.can_be_told = True
        self.failures = 0
        self.told: list[Alarm] = []

    async def tell(self, alarm: Alarm) -> None:
        """See `Managers`."""
        if self.failures:
            self.failures -= 1
            raise DeskUnavailable("away")
        self.told.append(alarm)


@pytest.fixture
def web_clock(clock: FakeClock) -> FakeClock:
    """The clock of the test."""
    return clock


@pytest.fixture(autouse=True)
def no_keeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test goes round itself."""
    monkeypatch.setattr("bot.web.app.run_timeouts", lambda _gateway: asyncio.sleep(0))


@pytest.fixture
def managers(gateway: Gateway) -> FakeManagers:
    """Who is told of late cases."""
    gateway.managers = fake = FakeManagers()
    return fake


@pytest.fixture
def case(gateway: Gateway, connect: Any, token: Any, run: Any) -> Callable[..., tuple[Client, str]]:
    """Somebody else each time, of a plan, in the queue with a problem of a priority; and the conversation."""
    numbers = itertools.count()

    def make(customer: str, priority: str | None = "p1", lang: str = "id") -> tuple[Client, str]:
        client: Client = connect()
        name = client.hello(identity_token=token(customer, f"user-{next(numbers)}"), lang=lang)["conversation"]
        run(gateway.log_writer.write, Change(name, bot_state={"incident": priority, "language": lang}))
        client.ask("Bicara dengan manusia", payload="/talk_to_human")
        client.until("state", status="queued")
        return client, name

    return make


def noted(gateway: Gateway, name: str) -> list[str]:
    """What the agents read, but who took it."""
    return [stored.note.kind for stored in gateway.cases.notes(name) if stored.note.kind != "taken"]


def events(gateway: Gateway, name: str) -> list[str]:
    """What the visitor was told by the clocks."""
    entries = gateway.conversations.entries(name, limit=100)
    return [entry.body["event"] for entry in entries if entry.body.get("event") in ("late", "escalated")]


def test_premier_plus(case: Any, gateway: Gateway, managers: FakeManagers, clock: FakeClock, run: Any) -> None:
    """A warning at 75 %, late at 100 %, raised to the next tier with its turn, the manager told; each once."""
    _, name = case(MEMBER)
    _, other = case(ADMIN)
    steps = [(0 * SECOND, []), (45 * 60 * SECOND - 2 * SECOND, []), (2 * SECOND, ["warned"]), (14 * 60 * SECOND, []),
             (HOUR, ["late", "escalated", "told_manager"]), (48 * HOUR, ["restore_late"])]
    expected: list[str] = []
    for passed, new in steps:
        clock.forward(passed)
        for _ in range(3):
            run(sla.run_due_steps, gateway)
        expected += new
        assert noted(gateway, name) == expected
    (waiting,) = gateway.cases.of_conversation(name)
    assert (waiting.tier, waiting.state.value) == (2, "queued")
    assert events(gateway, name) == ["late", "escalated"]
    place, behind = gateway.cases.place(name), gateway.cases.place(other)
    assert place and behind and (place.tier, place.position, behind.position) == (2, 1, 2)
    # The other was in the highest tier already: late all the same, but nothing goes higher.
    assert noted(gateway, other) == ["warned", "late", "told_manager", "restore_late"]
    assert events(gateway, other) == ["late"]
    assert sorted(alarm.id for alarm in managers.told) == ["clock:1:told_manager", "clock:2:told_manager"]
    assert "KLC-000001" in managers.told[0].text and managers.told[0].case["priority"] == "p1"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_what_the_visitor_reads(case: Any, gateway: Gateway, managers: FakeManagers, clock: FakeClock, run: Any,
                                lang: str) -> None:
    """An apology with the time that was promised, in their language; and no markup."""
    client, _ = case(MEMBER, lang=lang)
    clock.forward(HOUR)
    run(sla.run_due_steps, gateway)
    late = client.until("entry", author="system")
    assert (late["event"], late["lang"]) == ("late", lang)
    assert ("1 jam" if lang == "id" else "1 hour") in late["text"]
    raised = client.until("entry", author="system")
    assert raised["event"] == "escalated" and ("Tingkat 2" if lang == "id" else "Tier 2") in raised["text"]
    run(refresh_queue_places, gateway)
    assert client.until("state")["queue"]["tier"] == 2


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("heard", [0, 2])
def test_what_is_said_of_the_team(case: Any, gateway: Gateway, managers: FakeManagers, clock: FakeClock, run: Any,
                                  heard: int, lang: str) -> None:
    """That it was reminded is said only when somebody was; else how to go on without waiting. Each step rings."""
    rung: list[str] = []
    gateway.on_alarm[:] = [lambda case: rung.append(case.state.value) or heard]  # type: ignore[func-returns-value]
    client, _ = case(MEMBER, lang=lang)
    clock.forward(HOUR - SECOND)
    run(sla.run_due_steps, gateway)
    clock.forward(SECOND)
    run(sla.run_due_steps, gateway)
    assert rung == ["queued", "queued"]
    text = client.until("entry", event="late")["text"]
    reminded, way = ("diingatkan", "buat tiket") if lang == "id" else ("reminded", "open a ticket")
    assert (reminded in text, way in text) == (heard > 0, heard == 0)


@pytest.mark.parametrize(("customer", "priority", "expected"), [
    ("premier:member:business", "p1", ["late", "restore_late"]), ("premier:member:business", "p3", ["late"]),
    ("premier:member:business", None, ["late"]), ("access:member:business", "p1", [])])
def test_other_plans(case: Any, gateway: Gateway, managers: FakeManagers, clock: FakeClock, run: Any, customer: str,
                     priority: str | None, expected: list[str]) -> None:
    """Premier has clocks and is not raised by itself; Access was promised nothing."""
    _, name = case(customer, priority)
    clock.forward(100 * HOUR)
    run(sla.run_due_steps, gateway)
    assert noted(gateway, name) == expected
    assert gateway.cases.of_conversation(name)[0].tier == 1 and managers.told == []
    assert gateway.cases.clocks_due(clock() + 1000 * HOUR) == []


def test_a_response_in_time(case: Any, gateway: Gateway, managers: FakeManagers, clock: FakeClock, run: Any) -> None:
    """Ends the first clock; the second goes on until the case is over."""
    _, name = case(MEMBER)
    run(gateway.case_actions.take, name, BUDI)
    run(gateway.case_actions.say, name, BUDI, "Halo", "1")
    clock.forward(3 * HOUR)
    run(sla.run_due_steps, gateway)
    assert noted(gateway, name) == ["restore_warned"]
    run(gateway.case_actions.give_back, name, BUDI)
    clock.forward(3 * HOUR)
    run(sla.run_due_steps, gateway)
    assert noted(gateway, name) == ["restore_warned", "returned"] and events(gateway, name) == []


def test_taken_and_silent(case: Any, gateway: Gateway, managers: FakeManagers, clock: FakeClock, run: Any) -> None:
    """An agent has it and says nothing: agents hear of it, the case stays, the visitor is told of no queue."""
    _, name = case(MEMBER)
    clock.forward(59 * 60 * SECOND)
    run(gateway.case_actions.take, name, BUDI)
    clock.forward(2 * 60 * SECOND)
    run(sla.run_due_steps, gateway)
    assert noted(gateway, name) == ["late", "escalated", "told_manager"] and events(gateway, name) == []
    (taken,) = gateway.cases.of_conversation(name)
    assert (taken.tier, taken.agent) == (1, "budi")


def test_nobody_can_be_told(case: Any, gateway: Gateway, clock: FakeClock, run: Any) -> None:
    """Without an address the note says so."""
    assert gateway.managers.can_be_told is False
    _, name = case(MEMBER)
    clock.forward(HOUR)
    run(sla.run_due_steps, gateway)
    (note,) = [stored.note for stored in gateway.cases.notes(name) if stored.note.kind == "told_manager"]
    assert note.body["told"] is False


def test_a_manager_who_is_away(case: Any, gateway: Gateway, managers: FakeManagers, clock: FakeClock, run: Any) -> None:
    """Told again after a while, until it worked; all else goes on meanwhile."""
    _, name = case(MEMBER)
    managers.failures = 2
    clock.forward(HOUR)
    run(sla.run_due_steps, gateway)
    run(sla.run_due_steps, gateway)
    assert (managers.failures, noted(gateway, name)) == (1, ["late", "escalated"])
    for _ in range(3):
        clock.forward(sla.RETRY)
        run(sla.run_due_steps, gateway)
    assert noted(gateway, name) == ["late", "escalated", "told_manager"] and len(managers.told) == 1


def test_a_crash_at_any_point(case: Any, gateway: Gateway, managers: FakeManagers, clock: FakeClock, run: Any,
                              monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever call to the store was the last one: the next round ends what was begun, and repeats nothing."""
    for last in range(1, 12):
        _, name = case(MEMBER)
        clock.forward(HOUR)
        left = iter(range(last))

        def failing(function: Callable[..., Any], left: Any = left) -> Callable[..., Any]:
            def call(*values: Any, **named: Any) -> Any:
                if next(left, None) is None:
                    raise StoreUnavailable("gone")
                return function(*values, **named)
            return call

        with monkeypatch.context() as broken:
            for owner, method in ((gateway.conversations, "write"), (gateway.cases, "record_sla_steps"),
                                  (gateway.cases, "of_conversation"), (gateway.cases, "notes"),
                                  (gateway.conversations, "get")):
                broken.setattr(owner, method, failing(getattr(owner, method)))
            with suppress(StoreUnavailable):
                run(sla.run_due_steps, gateway)
        run(sla.run_due_steps, gateway)
        assert noted(gateway, name) == ["late", "escalated", "told_manager"], last
        assert events(gateway, name) == ["late", "escalated"], last
        assert gateway.cases.of_conversation(name)[0].tier == 2
