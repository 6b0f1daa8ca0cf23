"""What figures are made of is read the same from every database: from a log that was written as it always is."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from fakes import FakeClock
from sqlalchemy.engine import Engine

from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.insights import SqlHistory
from bot.core.conversation import Agent, Author, Change, Event, Kind, NewEntry, Note
from bot.ports import CaseFile, Conversations
from bot.ports.insights import History, Records
from bot.services.insights import count

SARI, BUDI = Agent("a-1", "Sari"), Agent("a-2", "Budi")
CaseMaker = Callable[..., CaseFile]


@pytest.fixture
def history(engine: Engine) -> History:
    """Each adapter of the port."""
    return SqlHistory(engine)


@pytest.fixture
def told(conversations: Conversations, cases: SqlCases, case_file: CaseMaker, clock: FakeClock) -> datetime:
    """A conversation with everything that counts: asked, missed, offered, waited, taken twice, rated. Since when."""
    begun = clock.time
    file = case_file("c-1")
    _write(conversations, "c-1", _asked("apa itu P1?"), _bot({"topic": "priority_times", "text": "P1 …"}, "re-1"))
    more = {"missed": True, "text": "Maaf", "buttons": [{"title": "Bicara", "payload": "/talk_to_human"}]}
    _write(conversations, "c-1", _asked("xyzzy"), _bot(more, "re-3"))
    clock.forward(timedelta(minutes=1))
    cases.open_case(file)
    queued = _bot({"topic": "talk_to_human", "text": "…", "card": {"type": "queue", "position": 1}}, "re-5")
    _write(conversations, "c-1", _asked("mau bicara dengan orang"), queued, event=Event.QUEUE)
    for minutes, agent in ((4, SARI), (9, BUDI)):
        clock.forward(timedelta(minutes=minutes))
        _write(conversations, "c-1", event=Event.ACCEPT, by=agent, notes=(Note("taken", agent=agent.id),))
        if agent is SARI:
            _write(conversations, "c-1", event=Event.TRANSFER, by=SARI)
    said = NewEntry(Author.AGENT, Kind.TEXT, {"text": "Halo", "name": "Budi"})
    _write(conversations, "c-1", said, event=Event.SAY, by=BUDI)
    _write(conversations, "c-1", event=Event.END, by=BUDI, outcome="unsolved")
    clock.forward(timedelta(minutes=1))
    rating = {"text": "5/5", "rating": {"score": 5, "solved": True, "comment": "ok"}}
    _write(conversations, "c-1", NewEntry(Author.VISITOR, Kind.RATING, rating, str(uuid.uuid4())))
    case_file("c-2")
    _write(conversations, "c-2", _asked("x"), _bot({"text": "…", "card": {"type": "ticket"}}, "re-1"))
    rating = {"text": "2/5", "rating": {"score": 2, "solved": False}}
    _write(conversations, "c-2", NewEntry(Author.VISITOR, Kind.RATING, rating, str(uuid.uuid4())))
    return begun


def _asked(text: str) -> NewEntry:
    return NewEntry(Author.VISITOR, Kind.TEXT, {"text": text, "verified": True}, str(uuid.uuid4()))


def _bot(body: dict[str, object], client_id: str) -> NewEntry:
    return NewEntry(Author.BOT, Kind.TEXT, body, client_id)


def _write(conversations: Conversations, conversation_id: str, *entries: NewEntry, **more: object) -> None:
    [changed] = conversations.write([Change(conversation_id, entries, **more)])  # type: ignore[arg-type]
    assert changed.is_new


def test_what_is_read(history: History, told: datetime, clock: FakeClock) -> None:
    """What counts of each entry, in order; of the case the first agent's time, and who had it last."""
    records = history.read(told, clock.time + timedelta(seconds=1))
    first = [said for said in records.said if said.conversation_id == "c-1"]
    assert [said.seq for said in first] == list(range(1, len(first) + 1))
    assert [said.topic for said in first if said.topic] == ["priority_times", "talk_to_human"]
    assert [(said.client_id, said.offers) for said in first if said.missed] == [("re-3", True)]
    assert [said.text for said in first if said.author is Author.VISITOR and said.kind is Kind.TEXT] == [
        "apa itu P1?", "xyzzy", "mau bicara dengan orang"]
    assert [said.text for said in first if said.author is Author.BOT] == [None] * 3
    assert [said.card for said in records.said if said.card] == ["queue", "ticket"]
    assert [(said.score, said.solved) for said in records.said if said.score] == [(5, True), (2, False)]
    [case] = records.cases
    assert (case.first_taken_at, case.agent, case.outcome) == (case.created_at + timedelta(minutes=4), BUDI.id,
                                                               "unsolved")
    assert (case.closed_at, case.first_response_at) == (clock.time - timedelta(minutes=1),) * 2


def test_counted_again_it_is_the_same(history: History, told: datetime, clock: FakeClock) -> None:
    """From the log alone, and as counted by hand."""
    def again() -> dict[str, float | None]:
        return count(_all(history, told, clock), clock.time, datetime.date).figures()

    figures = again()
    assert {name: value for name, value in figures.items() if value} == {
        "conversations": 2, "messages": 4, "answered": 1, "missed": 1, "handoffs": 1, "taken": 1, "wait_median": 240,
        "wait_p90": 240, "tickets": 1, "ratings": 2, "rating_mean": 3.5, "rating_spread": 1.5, "solved": 1,
        "unsolved": 1, "agent_unsolved": 1}
    assert again() == figures


def test_the_bounds(history: History, told: datetime, clock: FakeClock) -> None:
    """The beginning belongs to it, the end doesn't; parts make up the whole."""
    whole = _all(history, told, clock)
    middle = told + timedelta(minutes=1)
    before, after = history.read(told, middle), history.read(middle, clock.time + timedelta(seconds=1))
    assert sorted(before.said + after.said) == sorted(whole.said)
    assert (before.cases, after.cases) == ((), whole.cases)
    assert {said.at for said in before.said} == {told}
    assert history.read(told - timedelta(days=1), told) == Records((), ())


def _all(history: History, begin: datetime, clock: FakeClock) -> Records:
    return history.read(begin, clock.time + timedelta(seconds=1))
