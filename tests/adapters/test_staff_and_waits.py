"""Who is at the desk, and how long it takes: read from what SQL holds, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fakes import FakeClock
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.desk_links import SqlMemory
from bot.adapters.sql.engine import snapshot, transaction
from bot.adapters.sql.tables import cases as table
from bot.adapters.sql.tables import conversations as log
from bot.adapters.sql.wait_estimates import history
from bot.core.case import WaitRange
from bot.core.conversation import Agent, Change, Destination, Event, Note, Status
from bot.core.hours import parse_hours
from bot.core.routing import Staffing
from bot.core.wait_estimate import ENOUGH
from bot.ports import AgentAccount, CaseFile, Conversations

CaseMaker = Callable[..., CaseFile]
BUDI = Agent("budi", "Budi")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agents(engine: Engine, clock: FakeClock) -> SqlAgents:
    """The accounts of agents, without any."""
    return SqlAgents(engine, clock)


@pytest.fixture
def hire(agents: SqlAgents) -> Callable[..., str]:
    """An agent who is there; the id."""

    def make(login: str, **values: object) -> str:
        account = agents.add(AgentAccount("", f"{login}@example.com", login, **values), None)  # type: ignore[arg-type]
        agents.seen(account.id, "online")
        return account.id

    return make


@pytest.fixture
def queue_up(cases: SqlCases, case_file: CaseMaker, conversations: Conversations) -> Callable[..., CaseFile]:
    """Opens a case whose conversation is told of it."""

    def make(name: str, **values: object) -> CaseFile:
        file = case_file(name, **values)
        cases.open_case(file)
        conversations.write([Change(name, event=Event.QUEUE)])
        return file

    return make


def test_nobody_knows(cases: SqlCases) -> None:
    """Without accounts and without an outside desk."""
    assert cases.staffing(1, "id") == Staffing(None)


def test_agents_of_the_console(cases: SqlCases, hire: Callable[..., str], agents: SqlAgents, clock: FakeClock) -> None:
    """By tier and language, as long as their console was heard of and they are not away."""
    budi = hire("budi")
    hire("citra", tiers=(2,), languages=("en",))
    assert [cases.staffing(tier, lang).online for tier, lang in ((1, "id"), (2, "id"), (2, "en"))] == [1, 0, 1]
    clock.forward(timedelta(seconds=89))
    agents.seen(budi)
    clock.forward(timedelta(seconds=2))
    assert [cases.staffing(1, "id").online, cases.staffing(2, "en").online] == [1, 0]
    agents.seen(budi, "away")
    assert cases.staffing(1, "id").online == 0


def test_an_outside_desk(cases: SqlCases, engine: Engine, hire: Callable[..., str], clock: FakeClock) -> None:
    """What it says counts for two minutes, beside the console's; it may not know."""
    memory = SqlMemory(engine, clock)
    memory.remember("staffing", {"online": 2})
    assert cases.staffing(1, "id").online == 2
    hire("budi")
    assert cases.staffing(1, "id").online == 3
    memory.remember("staffing", {"online": None})
    assert cases.staffing(1, "id").online is None
    clock.forward(timedelta(seconds=121))
    assert cases.staffing(1, "id").online == 0


def test_the_hours(engine: Engine, clock: FakeClock) -> None:
    """A Sunday evening in UTC is before six on a Monday in Jakarta."""
    office = SqlCases(engine, clock, parse_hours("Mon-Fri 08:00-17:00 Asia/Jakarta"))
    said = office.staffing(1, "id")
    assert (said.is_open, said.zone) == (False, "Asia/Jakarta")
    assert said.opens_at is not None and said.opens_at.isoformat() == "2026-11-23T01:00:00+00:00"
    clock.time = said.opens_at
    assert office.staffing(1, "id") == Staffing(None, True, None, "Asia/Jakarta")


def test_the_visitors_zone(cases: SqlCases, case_file: CaseMaker, engine: Engine) -> None:
    """As their browser told it, if it did."""
    case_file("ani")
    assert cases.zone_of("ani") is None and cases.zone_of("nobody") is None
    with transaction(engine) as connection:
        connection.execute(log.update().values(context={"timezone": "Asia/Makassar"}))
    assert cases.zone_of("ani") == "Asia/Makassar"


@pytest.fixture
def worked(cases: SqlCases, conversations: Conversations, queue_up: Callable[..., CaseFile], clock: FakeClock) -> None:
    """A desk that has taken many cases: each waits two minutes and takes ten."""
    for number in range(ENOUGH + 12):
        name = f"past-{number}"
        queue_up(name)
        clock.forward(2 * MINUTE)
        conversations.write([Change(name, event=Event.ACCEPT, by=BUDI)])
        clock.forward(10 * MINUTE)
        conversations.write([Change(name, event=Event.END, by=BUDI)])


def test_what_is_told(cases: SqlCases, conversations: Conversations, queue_up: Callable[..., CaseFile],
                      worked: None, engine: Engine) -> None:
    """Nothing at first; with history an interval that holds what was; the same in all ways to ask; and remembered."""
    queue_up("ani")
    place = cases.place("ani")
    assert place is not None and place.wait is not None and place.wait.low <= 120 <= place.wait.high
    assert cases.places()["ani"] == place
    queue_up("budi")
    behind = cases.place("budi")
    assert behind is not None and behind.wait is not None and behind.wait.high > place.wait.high
    assert cases.places()["budi"] == behind
    with snapshot(engine) as connection:
        first, last = (
            connection.execute(select(table).where(table.c.conversation == name)).mappings().one()
            for name in ("past-0", "budi"))
        assert (first["told_low"], first["entered_at_position"]) == (None, 1)
        assert (last["told_low"], last["told_high"]) == (behind.wait.low, behind.wait.high)
        assert last["entered_at_position"] == 2 and last["guess_seconds"] > 0 and last["agent_was_free"] is False


def test_nothing_is_told_of_an_empty_desk(cases: SqlCases, queue_up: Callable[..., CaseFile], worked: None,
                                          hire: Callable[..., str], agents: SqlAgents, engine: Engine,
                                          clock: FakeClock) -> None:
    """While nobody is there, or it is closed; once an agent is free, what a free one needs."""
    budi = hire("budi")
    agents.seen(budi, "away")
    queue_up("ani")
    assert cases.place("ani").wait is None and cases.places()["ani"].wait is None  # type: ignore[union-attr]
    agents.seen(budi, "online")
    assert isinstance(cases.place("ani").wait, WaitRange)  # type: ignore[union-attr]
    closed = SqlCases(engine, clock, parse_hours("Mon-Sun 03:00-03:01 UTC"))
    assert closed.place("ani").wait is None  # type: ignore[union-attr]


def test_what_history_is(cases: SqlCases, conversations: Conversations, queue_up: Callable[..., CaseFile],
                         engine: Engine, clock: FakeClock) -> None:
    """Of the tier in which it was opened; the first take ends the wait, whatever comes after; who left was not taken;
    what has no conversation, and what was raised to another tier while it waited, tells nothing."""
    opened = clock().timestamp()
    for name, tier in (("ani", 1), ("dewi", 1), ("eka", 1), ("fajar", 2)):
        queue_up(name, tier=tier)
    clock.forward(MINUTE)
    conversations.write([Change("ani", event=Event.ACCEPT, by=BUDI), Change("dewi", event=Event.LEAVE)])
    (raised,) = cases.of_conversation("eka")
    assert cases.record_sla_steps(raised.id, ["late", "escalated"], None)
    clock.forward(MINUTE)
    conversations.write([Change("ani", event=Event.TRANSFER, by=BUDI, to=Destination(2))])
    clock.forward(MINUTE)
    conversations.write([Change("ani", event=Event.ACCEPT, by=BUDI)])
    with snapshot(engine) as connection:
        past = {p.position: p for p in history(connection, 1)}
        assert len(past) == 2 and len(history(connection, 2)) == 1
    assert (past[1].opened_at, past[1].taken_at, past[1].left_at) == (opened, opened + 60, None)
    assert past[1].held and past[1].closed_at is None
    assert (past[2].taken_at, past[2].left_at, past[2].held) == (None, opened + 60, False)


def test_reserved_for_somebody_who_does_not_come(cases: SqlCases, conversations: SqlConversations,
                                             queue_up: Callable[..., CaseFile], clock: FakeClock) -> None:
    """After two minutes the case is anybody's."""
    queue_up("ani")
    conversations.write([Change("ani", event=Event.ACCEPT, by=BUDI)])
    conversations.write([Change("ani", event=Event.TRANSFER, by=BUDI, to=Destination(agent="citra"))])
    assert cases.of_conversation("ani")[0].reserved_for == "citra"
    clock.forward(2 * MINUTE)
    (due,) = conversations.due(clock())
    conversations.write([Change("ani", event=Event.TIMEOUT)])
    (case,) = cases.of_conversation("ani")
    assert (due.status, case.reserved_for, case.state.value) == (Status.TRANSFERRED, None, "queued")
    assert conversations.get("ani").status is Status.QUEUED  # type: ignore[union-attr]


def test_a_case_is_raised_only_while_it_waits(cases: SqlCases, conversations: Conversations,
                                              queue_up: Callable[..., CaseFile]) -> None:
    """One that an agent has stays where it is."""
    for name in ("ani", "budi"):
        queue_up(name)
    conversations.write([Change("ani", event=Event.ACCEPT, by=BUDI)])
    notes = (Note("escalated", client_id="clock"),)
    conversations.write([Change(name, to=Destination(2), notes=notes) for name in ("ani", "budi")])
    assert [cases.of_conversation(name)[0].tier for name in ("ani", "budi")] == [1, 2]
