"""What is kept of a person is found, exported and erased, all of it and nothing else, from every database."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from fakes import FakeClock
from sqlalchemy import JSON, event, insert, select
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.classified import COLUMNS, OWNED_BY, Holds, columns
from bot.adapters.sql.erasures import SqlErasures
from bot.adapters.sql.insights import SqlHistory
from bot.adapters.sql.links import SqlDeskLinks
from bot.adapters.sql.personal import SqlPersonal
from bot.adapters.sql.tables import entries, figures, metadata
from bot.core.chat import Agent, Author, Change, Chat, Event, Kind, NewEntry, Note, Status
from bot.core.customer import Customer, Identity
from bot.core.errors import NoConversation, StoreUnavailable
from bot.ports import CaseFile, Conversations, TicketDraft, Tickets
from bot.ports.audit import SHELL, Action, AuditEvent
from bot.ports.personal import Erasures, Outside, Personal, Whose
from bot.services.insights import count, tally

MARK = "Zwartkopje"
ADA = Identity("user-1", Customer("premier", "business", "admin", True), MARK, f"{MARK}@Example.com")
EVENT = AuditEvent(Action.ERASED, SHELL, details={"why": "forget"})
DraftMaker = Callable[..., TicketDraft]
CaseMaker = Callable[..., CaseFile]


@pytest.fixture
def personal(engine: Engine) -> Personal:
    """Each adapter of the port."""
    return SqlPersonal(engine)


@pytest.fixture
def erasures(engine: Engine, clock: FakeClock) -> Erasures:
    """Each adapter of the port; days are those of UTC."""
    return SqlErasures(engine, lambda records, at: tally(records, at, lambda then: then.date()), clock)


def begin(conversations: Conversations, name: str, identity: Identity | None = None, text: str = "halo") -> str:
    """A conversation in which the visitor has said something."""
    key = uuid.uuid4().hex
    conversations.create(Chat(name, Status.BOT, "id", identity), key)
    say(conversations, name, text)
    return key


def say(conversations: Conversations, name: str, text: str = "halo", **body: Any) -> None:
    """One more word of the visitor."""
    entry = NewEntry(Author.VISITOR, Kind.TEXT, {"text": text, **body}, str(uuid.uuid4()))
    conversations.write([Change(name, (entry,), Event.SAY)])


def dump(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for name, table in metadata.tables.items()}


def text_of(value: object) -> str:
    """All that stands in it."""
    return json.dumps(value, default=str, ensure_ascii=False)


def test_every_column_is_classified() -> None:
    """A new column or table fails here until somebody has said what it holds of people."""
    for name, table in metadata.tables.items():
        listed = columns(name, *Holds)
        other = set(listed) ^ {column.name for column in table.columns}
        assert not other, f"{name}: say in bot/adapters/sql/classified.py what {sorted(other)} holds of people"
        assert len(listed) == len(set(listed)), name
    assert set(COLUMNS) == set(metadata.tables)
    assert set(OWNED_BY) == {name for name in COLUMNS if COLUMNS[name].get(Holds.PERSON) or COLUMNS[name].get(
        Holds.SECRET)}


def _planted(engine: Engine, conversation: str, mark: str = MARK, only: Collection[str] | None = None,
             where: Collection[str] = tuple(OWNED_BY)) -> int:
    """A row in every table with visitors in it, the mark in each column that may hold something of theirs (or in those
    of `only`), another one where a row must hold something; how many marks."""
    marks = 0
    with engine.begin() as connection:
        for name, owner in ((name, owner) for name, owner in OWNED_BY.items() if name in where):
            table, personal_columns = metadata.tables[name], columns(name, Holds.PERSON)
            personal_columns = [column for column in personal_columns if only is None or column in only]
            row: dict[str, Any] = {}
            for column in table.columns:
                if column.name in personal_columns:
                    row[column.name] = {"said": mark} if isinstance(column.type, JSON) else mark
                    marks += 1
                elif column.name in _KNOWN:
                    row[column.name] = _KNOWN[column.name]
                elif not column.nullable and column.server_default is None and column.name != "id":
                    row[column.name] = _anything(column)
            row[owner] = conversation
            connection.execute(insert(table).values(row))
    return marks


_KNOWN = {"author": "visitor", "kind": "text", "state": "closed", "status": "closed"}


def _anything(column: Any) -> Any:
    if isinstance(column.type, JSON):
        return {}
    kinds = {int: 1, float: 1.0, bool: False, str: uuid.uuid4().hex[: getattr(column.type, "length", None) or 9]}
    try:
        return kinds[column.type.python_type]
    except NotImplementedError:
        return FakeClock().time


def test_all_that_is_kept(engine: Engine, personal: Personal, erasures: Erasures) -> None:
    """Whatever column a mark of theirs stands in: it is in the export, and after the erasure nowhere."""
    marks = _planted(engine, "c_0123456789abcdef01234567")
    found = personal.find(Whose(conversation="c_0123456789abcdef01234567"))
    assert set(found.rows) == set(OWNED_BY)
    assert text_of(personal.export(found)).count(MARK) == marks
    assert "key_hash" not in text_of(personal.export(found))
    counts = erasures.erase(found.conversations, found.tickets, EVENT)
    assert counts == found.rows
    after = dump(engine)
    # What is open at a desk has to be closed there: its name is remembered for a day.
    assert [[ref for _, ref in row.pop("links")] for row in after["erasure"]] == [[MARK]]
    assert MARK not in text_of(after)
    assert {name for name, rows in after.items() if rows} <= {"erasure", "figure", "audit"}
    [recorded] = after["audit"]
    assert (recorded["actor"], recorded["subject"]) == (SHELL, "")
    assert recorded["details"] == {"why": "forget", "rows": counts}


@pytest.fixture
def crowd(
    conversations: Conversations, tickets: Tickets, draft: DraftMaker, cases: SqlCases, case_file: CaseMaker,
) -> dict[str, str]:
    """Ada signed in twice, Ada as a guest, somebody who speaks of Ada, a colleague who gave Ada's address, and others;
    the keys of their conversations."""
    keys = {"c-old": begin(conversations, "c-old", replace(ADA, email=None)), "c-new": begin(
        conversations, "c-new", ADA), "c-guest": begin(conversations, "c-guest")}
    tickets.open_ticket(draft("k-1", conversation="c-guest", email=f"{MARK.lower()}@example.com", identity=None))
    keys["c-form"] = begin(conversations, "c-form")
    form = {"values": {"email": f"{MARK}@example.com"}}
    conversations.write([Change("c-form", (NewEntry(Author.VISITOR, Kind.TICKET, {"text": "x", **form}),))])
    keys["c-slots"] = begin(conversations, "c-slots")
    conversations.write([Change("c-slots", bot_state={"form": {"email": f"{MARK}@example.com"}})])
    keys["c-says"] = begin(conversations, "c-says", text=f"tolong hubungi {MARK}@example.com, ya")
    keys["c-else"] = begin(conversations, "c-else", Identity("user-2", Customer(), "Bo", "bo@example.com"))
    tickets.open_ticket(draft("k-2", conversation="c-else", email=f"{MARK}@example.com", identity=None))
    keys["c-near"] = begin(conversations, "c-near", text=f"x{MARK}@example.com dan {MARK}@example.com.au")
    keys["c-far"] = begin(conversations, "c-far", Identity("user-1 ", Customer(), "Cy", "cy@example.com"))
    # Over the REST channel there is no log: the case and the ticket are all.
    cases.open_case(replace(case_file("c-far"), conversation="rest-1", identity=ADA))
    tickets.open_ticket(draft("k-3", conversation="rest-2", email="x@example.com", identity=ADA))
    tickets.open_ticket(draft("k-4", conversation="c-far", email="cy@example.com", identity=None))
    return keys


SIGNED_IN = ("c-new", "c-old", "rest-1", "rest-2")
TYPED = ("c-form", "c-guest", "c-slots")


@pytest.mark.parametrize(
    "whose", [Whose(email=f"{MARK}@EXAMPLE.com"), Whose(subject="user-1")], ids=["email", "subject"])
def test_whose(personal: Personal, crowd: dict[str, str], whose: Whose) -> None:
    """By the address and by the subject it is the same person: what they did signed in, whatever address they had then,
    and as a guest who gave the address. Who speaks of them, or gave their address for them, keeps what is theirs."""
    found = personal.find(whose)
    assert found.conversations == tuple(sorted((*SIGNED_IN, *TYPED)))
    assert found.tickets == (1, 2, 3)
    assert found.mentioned == ("c-else", "c-says")
    along = personal.find(whose, with_mentions=True)
    assert (set(along.conversations), along.mentioned) == ({*SIGNED_IN, *TYPED, "c-else", "c-says"}, ())


KELVIN = "wea\u212a@example.com"


@pytest.mark.parametrize("given", ["weak@example.com", KELVIN, "WEAK@example.com"])
def test_signs_that_fold(personal: Personal, conversations: Conversations, tickets: Tickets, draft: DraftMaker,
                         given: str) -> None:
    """In capitals it is the same address; a sign that merely becomes the same small letter makes another one."""
    for name, address in {"c-weak": "Weak@Example.com", "c-kelvin": KELVIN}.items():
        begin(conversations, name, Identity(name, Customer(), None, address))
        begin(conversations, f"{name}-form")
        tickets.open_ticket(draft(name, conversation=f"{name}-form", email=address, identity=None))
        begin(conversations, f"{name}-says", text=f"kirim ke {address} saja")
    found, whose_it_is = personal.find(Whose(email=given)), "c-kelvin" if given == KELVIN else "c-weak"
    assert found.conversations == (whose_it_is, f"{whose_it_is}-form")
    assert found.mentioned == (f"{whose_it_is}-says",)
    assert found.tickets == ((2,) if given == KELVIN else (1,))


@pytest.mark.parametrize("before", ["\n", "\t", "surel：", "“", "a\n", '"', "\\\\"], ids=ascii)
def test_a_mention_after_any_sign(personal: Personal, conversations: Conversations, before: str) -> None:
    """JSON writes some signs with letters, which are none of the address."""
    begin(conversations, "c-says", text=f"halo{before}bo@example.com")
    assert personal.find(Whose(email="bo@example.com")).mentioned == ("c-says",)
    begin(conversations, "c-accent", text="élan@example.com")
    assert personal.find(Whose(email="élan@example.com")).mentioned == ("c-accent",)
    assert personal.find(Whose(email="lan@example.com")).mentioned == ()


def test_a_name_by_chance(personal: Personal, cases: SqlCases, case_file: CaseMaker, tickets: Tickets,
                          draft: DraftMaker) -> None:
    """A REST client numbers its conversations, and the site numbers its customers: the same number is not the same
    person. Who gave another's address there, signed in, keeps what is theirs, too."""
    bo = Identity("user-2", Customer(), "Bo", "bo@example.com")
    cases.open_case(replace(case_file("c-1"), conversation="7", identity=bo))
    tickets.open_ticket(draft("k-1", conversation="7", email="cy@example.com", identity=bo))
    tickets.open_ticket(draft("k-2", conversation="8", email="ed@example.com", identity=None))
    assert not personal.find(Whose(subject="7", conversation="7"))
    assert not personal.find(Whose(subject="cy", conversation="cy"))
    assert personal.find(Whose(subject="8", conversation="8")).conversations == ("8",)
    assert personal.find(Whose(conversation="7")).conversations == ("7",)
    assert personal.find(Whose(email="cy@example.com")).conversations == ()
    assert personal.find(Whose(email="cy@example.com")).mentioned == ("7",)


@pytest.mark.parametrize(("table", "column"), [
    (table, column) for table in OWNED_BY for column in columns(table, Holds.PERSON)])
@pytest.mark.parametrize("said", ["tanya Ada+1@Example.com ya", "https://a.example/u/ada%2B1%40example.com?x",
                                  "/u/ada+1%40example.com", "/u/ada%2b1@example.com"])
def test_mentioned_anywhere(engine: Engine, personal: Personal, table: str, column: str, said: str) -> None:
    """In whatever column, of JSON or of text, in the address of a page, too: an operator is told of it."""
    _planted(engine, "c-1", said, {column}, {table, "conversation"})
    found = personal.find(Whose(email="ada+1@example.com"))
    assert (found.conversations, found.mentioned) == ((), ("c-1",))
    assert personal.find(Whose(email="1@example.com")).mentioned == ()


@pytest.mark.parametrize("whose", [
    Whose(subject="user-1"), Whose(subject="old@example.com", email="OLD@example.com"), Whose(email="new@example.com"),
], ids=["subject", "old", "new"])
def test_a_changed_address(personal: Personal, conversations: Conversations, tickets: Tickets, draft: DraftMaker,
                           whose: Whose) -> None:
    """Whichever name is given, it is the same customer, and so is the guest who gave either address."""
    for name, address in (("c-1", "old@example.com"), ("c-2", "new@example.com")):
        begin(conversations, name, replace(ADA, email=address))
        begin(conversations, f"{name}-guest")
        tickets.open_ticket(draft(name, conversation=f"{name}-guest", email=address.upper(), identity=None))
        begin(conversations, f"{name}-says", text=f"tulis ke {address}")
    found = personal.find(whose)
    assert found.conversations == ("c-1", "c-1-guest", "c-2", "c-2-guest") and found.tickets == (1, 2)
    assert found.mentioned == ("c-1-says", "c-2-says")


def test_named_by_the_address(personal: Personal, cases: SqlCases, case_file: CaseMaker, tickets: Tickets,
                              draft: DraftMaker) -> None:
    """A bridge to mail names the conversations of the REST channel by it."""
    for number, name in enumerate((f"{MARK}@Example.com", f"{MARK}@example.com")):
        tickets.open_ticket(draft(f"k-{number}", conversation=name, email="x@example.com", identity=None))
    bo = Identity("user-2", Customer(), "Bo", "bo@example.com")
    cases.open_case(replace(case_file("c-2"), conversation=f"{MARK}@EXAMPLE.COM", identity=bo))
    found = personal.find(Whose(email=f"{MARK}@example.com"))
    assert found.conversations == (f"{MARK}@Example.com", f"{MARK}@example.com") and found.tickets == (1, 2)
    assert found.mentioned == (f"{MARK}@EXAMPLE.COM",)


def test_by_key_and_by_number(personal: Personal, crowd: dict[str, str]) -> None:
    """One conversation, not all of its owner's; a ticket alone stays alone."""
    assert personal.find(Whose(key_hash=crowd["c-new"])).conversations == ("c-new",)
    assert personal.find(Whose(conversation="c-guest")).tickets == (1,)
    assert personal.find(Whose(case=1)).conversations == ("rest-1",)
    found = personal.find(Whose(ticket=2))
    assert (found.conversations, found.tickets) == ((), (2,))


@pytest.mark.parametrize("whose", [
    Whose(), Whose(subject=""), Whose(subject="USER-1"), Whose(subject="%"), Whose(email="@example.com"),
    Whose(email="%@example.com"), Whose(key_hash=""), Whose(conversation="c"), Whose(case=99), Whose(ticket=99),
], ids=str)
def test_nobody(personal: Personal, crowd: dict[str, str], whose: Whose) -> None:
    """What is nobody's name finds nobody."""
    found = personal.find(whose)
    assert not found and found.rows == {}


def test_others_stay(engine: Engine, personal: Personal, erasures: Erasures, crowd: dict[str, str]) -> None:
    """Nothing of anybody else's changes."""
    found = personal.find(Whose(subject="user-1"))
    theirs = {*found.conversations}

    def rest() -> dict[str, list[dict[str, Any]]]:
        return {name: [row for row in rows if row[OWNED_BY[name]] not in theirs and row.get("email") != ADA.email]
                for name, rows in dump(engine).items() if name in OWNED_BY and name != "ticket"}

    before = rest()
    erasures.erase(found.conversations, found.tickets, EVENT)
    assert rest() == before
    assert [row["key"] for row in dump(engine)["ticket"]] == ["k-4"]


def test_what_lies_outside(personal: Personal, conversations: Conversations, cases: SqlCases, case_file: CaseMaker,
                           tickets: Tickets, draft: DraftMaker, engine: Engine) -> None:
    """By their names there."""
    cases.open_case(case_file("c-1"))
    links = SqlDeskLinks(engine)
    links.begin("chatwoot", 1, "c-1", 0)
    assert links.opened(1, "17/3")
    tickets.sent(tickets.open_ticket(draft("k-1")), "4711")
    conversations.write([Change("c-1", notes=(Note("told_manager", {"told": True}),))])
    assert personal.find(Whose(conversation="c-1")).outside == (
        Outside("chatwoot", "17/3", "KLC-000001"), Outside("tickets", "4711", "KLT-000001"),
        Outside("manager", "", "KLC-000001"))


def _lived(conversations: Conversations, cases: SqlCases, file: CaseFile, clock: FakeClock) -> None:
    """Asked, answered, missed, queued, taken, closed and rated."""
    name, sari = file.conversation, Agent("a-1", "Sari")
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
    _planted(engine, "c_0123456789abcdef01234567")
    [erasure] = erasures.since(FakeClock().time - timedelta(days=1))
    erasures.again([erasure.conversation])
    assert MARK not in text_of({**dump(engine), "ticket": []})
    erasures.settle(erasure.at + timedelta(seconds=1))
    assert erasures.since(erasure.at) == []


def test_the_database_stops_in_the_middle(
    engine: Engine, conversations: Conversations, tickets: Tickets, draft: DraftMaker, erasures: Erasures,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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
    _planted(engine, "c_0123456789abcdef01234567")
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
    file = replace(case_file("c-1"), conversation="me")
    cases.open_case(file)
    erasures.erase(["me"], (), EVENT)
    assert cases.open_case(file).is_new
    assert erasures.since(FakeClock().time - timedelta(days=1)) == []


def test_a_number_is_given_once(conversations: Conversations, cases: SqlCases, tickets: Tickets, case_file: CaseMaker,
                                draft: DraftMaker, erasures: Erasures) -> None:
    """Outside desks know a case by it: the next person must not get an erased one's."""
    first = cases.open_case(case_file("c-1")).case_number, tickets.open_ticket(draft("k-1"))
    erasures.erase(["c-1"], (1,), EVENT)
    second = cases.open_case(case_file("c-2")).case_number, tickets.open_ticket(draft("k-2", conversation="c-2"))
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
    assert {one.conversation: one.links for one in erasures.since(FakeClock().time)} == {
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
    asked = tickets.open_ticket(draft("k-1", conversation="c-asked"))
    told = tickets.open_ticket(draft("k-2", conversation="c-told"))
    for number in (asked, told):
        tickets.sent(number, f"at {number}")
    tickets.heard(told, None, is_over=True)
    later = clock.forward(timedelta(days=30))
    sent_nowhere = tickets.open_ticket(draft("k-3", conversation="c-over"))

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
    tickets.heard(sent_nowhere, None, is_over=True)
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
