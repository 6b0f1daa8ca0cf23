"""What is erased is gone, all of it and for good, and nothing else, in every database; the figures stay."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from fakes import FakeClock
from personal_data_samples import EVENT, MARK, CaseMaker, DraftMaker, begin, dump, planted, say, text_of
from sqlalchemy import event, select
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.desk_links import SqlDeskLinks
from bot.adapters.sql.insights import SqlHistory
from bot.adapters.sql.tables import entries, figures, metadata
from bot.core.conversation import Agent, Author, Change, Event, Kind, NewEntry, Note
from bot.core.errors import NoConversation, StoreUnavailable
from bot.ports import CaseFile, Conversations, Tickets
from bot.ports.personal_data import Erasures
from bot.services.insights import count


def _lived(conversations: Conversations, cases: SqlCases, file: CaseFile, clock: FakeClock) -> None:
    """Asked, answered, missed, queued, taken, closed and rated."""
    name, sari = file.conversation_id, Agent("a-1", "Sari")
    for topic in ({"topic": "phone_number"}, {"missed": True}):
        say(conversations, name, "apa?")
        conversations.write([Change(name, (NewEntry(Author.BOT, Kind.TEXT, {"text": "…", **topic}),))])
    cases.open_case(file)
    conversations.write([Change(name, event=Event.QUEUE)])
    clock.forward(timedelta(minutes=4, seconds=7))
    conversations.write([Change(name, event=Event.ACCEPT, by=sari, notes=(Note("taken", agent="a-1"),))])
    conversations.write([Change(name, event=Event.END, by=sari, outcome="solved")])
    rating = {"text": "4/5", "rating": {"score": 4, "solved": True, "comment": MARK}}
    conversations.write([Change(name, (NewEntry(Author.VISITOR, Kind.RATING, rating),))])


def test_figures_stay(engine: Engine, conversations: Conversations, cases: SqlCases, case_file: CaseMaker,
                      erasures: Erasures, clock: FakeClock) -> None:
    """By day, of the desk and of each agent, however many were erased and how often; without a word of anybody's."""
    def told(agent: str | None = None) -> tuple[object, object]:
        begun = clock.time.replace(hour=0, minute=0) - timedelta(days=9)
        found = count(SqlHistory(engine).read(begun, begun + timedelta(days=12)), clock.time, _day, agent=agent)
        return found.figures(), found.topics

    names = ["c-1", "c-2", "c-3"]
    for name in names:
        _lived(conversations, cases, case_file(name), clock)
        clock.forward(timedelta(days=1))
    before = told(), told("a-1"), told("a-2")
    assert before[0][0]["conversations"] == 3  # type: ignore[index]
    erasures.erase(names[:1], (), EVENT)
    erasures.erase(names[1:], (), EVENT)
    assert (told(), told("a-1"), told("a-2")) == before
    assert MARK not in text_of(dump(engine)["figure"])
    with engine.connect() as connection:
        assert connection.execute(select(figures.c.day).distinct()).scalars().all()
    assert not SqlHistory(engine).read(clock.time, clock.time + timedelta(days=9)).kept


def _day(at: Any) -> date:
    return at.date()  # type: ignore[no-any-return]


def test_an_open_case_counts_as_ended(engine: Engine, cases: SqlCases, case_file: CaseMaker, erasures: Erasures,
                                      conversations: Conversations, clock: FakeClock) -> None:
    """Who deletes while they wait has given up."""
    cases.open_case(case_file("c-1"))
    conversations.write([Change("c-1", event=Event.QUEUE)])
    erasures.erase(["c-1"], (), EVENT)
    begun = clock.time.replace(hour=0, minute=0)
    found = count(SqlHistory(engine).read(begun, begun + timedelta(days=1)), clock.time, _day).figures()
    assert (found["handoffs"], found["abandoned"]) == (1, 1)
    assert cases.open() == []


def test_nothing_comes_back(engine: Engine, conversations: Conversations, cases: SqlCases, tickets: Tickets,
                            case_file: CaseMaker, draft: DraftMaker, erasures: Erasures) -> None:
    """Whoever was at work on it just then is refused: a message, a key, a case, a ticket, a name at a desk."""
    file = case_file("c-1")
    number = tickets.open_ticket(draft("k-1"))
    erasures.erase(["c-1"], (1,), EVENT)
    with pytest.raises(NoConversation):
        say(conversations, "c-1", MARK)
    with pytest.raises(NoConversation):
        conversations.add_key("c-1", "f" * 64)
    with pytest.raises(StoreUnavailable):
        cases.open_case(file)
    with pytest.raises(StoreUnavailable):
        tickets.open_ticket(draft("k-2"))
    assert not tickets.is_there(number) and not tickets.sent(number, "17")
    links = SqlDeskLinks(engine)
    assert not links.opened(1, "17/3") and not links.shown(1, 2)
    assert {name for name, rows in dump(engine).items() if rows} == {"erasure", "audit"}


def test_what_came_late(engine: Engine, conversations: Conversations, erasures: Erasures) -> None:
    """What slipped in beside the erasure is deleted by the next look."""
    begin(conversations, "c_0123456789abcdef01234567")
    erasures.erase(["c_0123456789abcdef01234567"], (), EVENT)
    planted(engine, "c_0123456789abcdef01234567")
    [erasure] = erasures.since(FakeClock().time - timedelta(days=1))
    erasures.again([erasure.conversation_id])
    assert MARK not in text_of({**dump(engine), "ticket": []})
    erasures.settle(erasure.at + timedelta(seconds=1))
    assert erasures.since(erasure.at) == []


def test_the_database_stops_in_the_middle(engine: Engine, conversations: Conversations, tickets: Tickets,
                                          draft: DraftMaker, erasures: Erasures,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """All is as it was, whatever had been deleted by then; the next try does all of it."""
    begin(conversations, "c-1")
    tickets.open_ticket(draft("k-1"))
    before = dump(engine)

    def stops(connection: Connection, *_: object) -> None:
        assert connection.execute(select(entries)).first() is None
        is_server = engine.dialect.name == "postgresql"
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())" if is_server else "NO SQL")

    with monkeypatch.context() as patched, pytest.raises(StoreUnavailable):
        patched.setattr("bot.adapters.sql.erasures.write_audit", stops)
        erasures.erase(["c-1"], (1,), EVENT)
    assert dump(engine) == before
    assert erasures.erase(["c-1"], (1,), EVENT)["entry"] == 1


def test_twice_at_once(engine: Engine, conversations: Conversations, cases: SqlCases, case_file: CaseMaker,
                       erasures: Erasures) -> None:
    """The visitor, an operator, and age: it is gone once, counted once, and nobody is refused."""
    begin(conversations, "c-1")
    cases.open_case(case_file("c-1"))
    conversations.write([Change("c-1", event=Event.QUEUE)])
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: erasures.erase(["c-1"], (), EVENT), range(4)))
    assert sorted(one.get("conversation", 0) for one in counts) == [0, 0, 0, 1]
    assert len(erasures.since(FakeClock().time - timedelta(days=1))) == 1
    begun = FakeClock().time.replace(hour=0, minute=0)
    found = count(SqlHistory(engine).read(begun, begun + timedelta(days=1)), FakeClock().time, _day).figures()
    assert (found["handoffs"], found["abandoned"]) == (1, 1)


def test_very_many_at_once(engine: Engine, conversations: Conversations, erasures: Erasures) -> None:
    """What the first round after years has erased is more than a statement of SQLite takes."""
    begin(conversations, "c_0123456789abcdef01234567")
    erasures.erase(["c_0123456789abcdef01234567"], (), EVENT)
    planted(engine, "c_0123456789abcdef01234567")
    most = 0

    @event.listens_for(engine, "before_cursor_execute")
    def look(_connection: Any, _cursor: Any, _statement: Any, parameters: Any, _context: Any, _many: Any) -> None:
        nonlocal most
        most = max(most, len(parameters))

    erasures.again([*(f"c_{number:024x}" for number in range(2_000)), "c_0123456789abcdef01234567"])
    assert 0 < most < 999
    assert MARK not in text_of({**dump(engine), "ticket": []})


def test_the_rest_channel_begins_anew(cases: SqlCases, case_file: CaseMaker, erasures: Erasures) -> None:
    """Its clients name their conversations themselves, and may use the name again."""
    file = replace(case_file("c-1"), conversation_id="me")
    cases.open_case(file)
    erasures.erase(["me"], (), EVENT)
    assert cases.open_case(file).is_new
    assert erasures.since(FakeClock().time - timedelta(days=1)) == []


def test_a_number_is_given_once(conversations: Conversations, cases: SqlCases, tickets: Tickets, case_file: CaseMaker,
                                draft: DraftMaker, erasures: Erasures) -> None:
    """Outside desks know a case by it: the next person must not get an erased one's."""
    first = cases.open_case(case_file("c-1")).case_number, tickets.open_ticket(draft("k-1"))
    erasures.erase(["c-1"], (1,), EVENT)
    second = cases.open_case(case_file("c-2")).case_number, tickets.open_ticket(draft("k-2", conversation_id="c-2"))
    assert first == ("KLC-000001", "KLT-000001") and second == ("KLC-000002", "KLT-000002")


def test_open_links_are_told(engine: Engine, cases: SqlCases, case_file: CaseMaker, erasures: Erasures) -> None:
    """For the case at an outside desk has to be closed there."""
    links = SqlDeskLinks(engine)
    for number in (1, 2, 3):
        cases.open_case(case_file(f"c-{number}"))
        links.begin("chatwoot", number, f"c-{number}", 0)
    links.opened(1, "17/3")
    links.opened(2, "18/3")
    links.over(2)
    erasures.erase(["c-1", "c-2", "c-3"], (), EVENT)
    assert {one.conversation_id: one.links for one in erasures.since(FakeClock().time)} == {
        "c-1": (("chatwoot", "17/3"),), "c-2": (), "c-3": ()}


def test_what_is_old(engine: Engine, conversations: Conversations, cases: SqlCases, tickets: Tickets,
                     case_file: CaseMaker, draft: DraftMaker, erasures: Erasures, clock: FakeClock) -> None:
    """Only what is over: no open conversation, no case without an end, no ticket that the desk does not have yet or
    may answer. Without a desk, nobody ever answers."""
    for name in ("c-over", "c-open", "c-case", "c-asked", "c-told"):
        cases.open_case(case_file(name)) if name == "c-case" else begin(conversations, name)
        if name != "c-open":
            with engine.begin() as connection:
                table = metadata.tables["conversation"]
                connection.execute(table.update().where(table.c.id == name).values(status="closed"))
    asked = tickets.open_ticket(draft("k-1", conversation_id="c-asked"))
    told = tickets.open_ticket(draft("k-2", conversation_id="c-told"))
    for number in (asked, told):
        tickets.sent(number, f"at {number}")
    tickets.save_reply_cursor(told, None, is_over=True)
    later = clock.forward(timedelta(days=30))
    sent_nowhere = tickets.open_ticket(draft("k-3", conversation_id="c-over"))

    def old(before: datetime, limit: int = 9, *, has_desk: bool = True) -> list[str]:
        return erasures.old_conversations(before, limit, has_desk=has_desk)

    assert old(later) == ["c-told"]
    assert old(later, has_desk=False) == ["c-over", "c-asked", "c-told"]
    assert old(later, 1, has_desk=False) == ["c-over"]
    assert old(later - timedelta(days=31), has_desk=False) == []
    ever = later + timedelta(days=36_500)
    assert erasures.old_tickets(ever, 9, has_desk=True) == [2]
    assert erasures.old_tickets(ever, 9, has_desk=False) == [1, 2, 3]
    tickets.sent(sent_nowhere, "at last")
    tickets.save_reply_cursor(sent_nowhere, None, is_over=True)
    assert old(later) == ["c-over", "c-told"]
    assert erasures.old_tickets(ever, 9, has_desk=True) == [2, 3]
    assert erasures.over(["c-over", "c-open", "c-never"]) == {"c-over", "c-never"}


@pytest.fixture(autouse=True)
def _no_leftovers(engine: Engine) -> Iterator[None]:
    """No entry stands in the log without its conversation."""
    yield
    with engine.connect() as connection:
        known = select(metadata.tables["conversation"].c.id)
        assert connection.execute(select(entries.c.seq).where(entries.c.conversation.not_in(known))).all() == []
