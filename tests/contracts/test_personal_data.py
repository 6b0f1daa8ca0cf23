"""What is kept of a person is found and exported, all of it and nothing else, from every database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from personal_data_samples import ADA, EVENT, MARK, CaseMaker, DraftMaker, begin, dump, planted, text_of
from sqlalchemy.engine import Engine

from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.data_classification import COLUMNS, OWNED_BY, Holds, columns
from bot.adapters.sql.desk_links import SqlDeskLinks
from bot.adapters.sql.tables import metadata
from bot.core.conversation import Author, Change, Kind, NewEntry, Note
from bot.core.customer import Customer, Identity
from bot.ports import Conversations, Tickets
from bot.ports.audit import SHELL
from bot.ports.personal_data import DataSubject, Erasures, ExternalCopy, Personal


def test_every_column_is_classified() -> None:
    """A new column or table fails here until somebody has said what it holds of people."""
    for name, table in metadata.tables.items():
        listed = columns(name, *Holds)
        other = set(listed) ^ {column.name for column in table.columns}
        assert not other, f"{name}: say in bot/adapters/sql/data_classification.py what {sorted(other)} holds of people"
        assert len(listed) == len(set(listed)), name
    assert set(COLUMNS) == set(metadata.tables)
    assert set(OWNED_BY) == {name for name in COLUMNS if COLUMNS[name].get(Holds.PERSON) or COLUMNS[name].get(
        Holds.SECRET)}


def test_all_that_is_kept(engine: Engine, personal: Personal, erasures: Erasures) -> None:
    """Whatever column a mark of theirs stands in: it is in the export, and after the erasure nowhere."""
    marks = planted(engine, "c_0123456789abcdef01234567")
    found = personal.find(DataSubject(conversation_id="c_0123456789abcdef01234567"))
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
    tickets.open_ticket(draft("k-1", conversation_id="c-guest", email=f"{MARK.lower()}@example.com", identity=None))
    keys["c-form"] = begin(conversations, "c-form")
    form = {"values": {"email": f"{MARK}@example.com"}}
    conversations.write([Change("c-form", (NewEntry(Author.VISITOR, Kind.TICKET, {"text": "x", **form}),))])
    keys["c-slots"] = begin(conversations, "c-slots")
    conversations.write([Change("c-slots", bot_state={"form": {"email": f"{MARK}@example.com"}})])
    keys["c-says"] = begin(conversations, "c-says", text=f"tolong hubungi {MARK}@example.com, ya")
    keys["c-else"] = begin(conversations, "c-else", Identity("user-2", Customer(), "Bo", "bo@example.com"))
    tickets.open_ticket(draft("k-2", conversation_id="c-else", email=f"{MARK}@example.com", identity=None))
    keys["c-near"] = begin(conversations, "c-near", text=f"x{MARK}@example.com dan {MARK}@example.com.au")
    keys["c-far"] = begin(conversations, "c-far", Identity("user-1 ", Customer(), "Cy", "cy@example.com"))
    # Over the REST channel there is no log: the case and the ticket are all.
    cases.open_case(replace(case_file("c-far"), conversation_id="rest-1", identity=ADA))
    tickets.open_ticket(draft("k-3", conversation_id="rest-2", email="x@example.com", identity=ADA))
    tickets.open_ticket(draft("k-4", conversation_id="c-far", email="cy@example.com", identity=None))
    return keys


SIGNED_IN = ("c-new", "c-old", "rest-1", "rest-2")
TYPED = ("c-form", "c-guest", "c-slots")


@pytest.mark.parametrize(
    "whose", [DataSubject(email=f"{MARK}@EXAMPLE.com"), DataSubject(subject="user-1")], ids=["email", "subject"])
def test_whose(personal: Personal, crowd: dict[str, str], whose: DataSubject) -> None:
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
        tickets.open_ticket(draft(name, conversation_id=f"{name}-form", email=address, identity=None))
        begin(conversations, f"{name}-says", text=f"kirim ke {address} saja")
    found, whose_it_is = personal.find(DataSubject(email=given)), "c-kelvin" if given == KELVIN else "c-weak"
    assert found.conversations == (whose_it_is, f"{whose_it_is}-form")
    assert found.mentioned == (f"{whose_it_is}-says",)
    assert found.tickets == ((2,) if given == KELVIN else (1,))


@pytest.mark.parametrize("before", ["\n", "\t", "surel：", "“", "a\n", '"', "\\\\"], ids=ascii)
def test_a_mention_after_any_sign(personal: Personal, conversations: Conversations, before: str) -> None:
    """JSON writes some signs with letters, which are none of the address."""
    begin(conversations, "c-says", text=f"halo{before}bo@example.com")
    assert personal.find(DataSubject(email="bo@example.com")).mentioned == ("c-says",)
    begin(conversations, "c-accent", text="élan@example.com")
    assert personal.find(DataSubject(email="élan@example.com")).mentioned == ("c-accent",)
    assert personal.find(DataSubject(email="lan@example.com")).mentioned == ()


def test_a_name_by_chance(personal: Personal, cases: SqlCases, case_file: CaseMaker, tickets: Tickets,
                          draft: DraftMaker) -> None:
    """A REST client numbers its conversations, and the site numbers its customers: the same number is not the same
    person. Who gave another's address there, signed in, keeps what is theirs, too."""
    bo = Identity("user-2", Customer(), "Bo", "bo@example.com")
    cases.open_case(replace(case_file("c-1"), conversation_id="7", identity=bo))
    tickets.open_ticket(draft("k-1", conversation_id="7", email="cy@example.com", identity=bo))
    tickets.open_ticket(draft("k-2", conversation_id="8", email="ed@example.com", identity=None))
    assert not personal.find(DataSubject(subject="7", conversation_id="7"))
    assert not personal.find(DataSubject(subject="cy", conversation_id="cy"))
    assert personal.find(DataSubject(subject="8", conversation_id="8")).conversations == ("8",)
    assert personal.find(DataSubject(conversation_id="7")).conversations == ("7",)
    assert personal.find(DataSubject(email="cy@example.com")).conversations == ()
    assert personal.find(DataSubject(email="cy@example.com")).mentioned == ("7",)


@pytest.mark.parametrize("said", ["tanya Ada+1@Example.com ya", "https://a.example/u/ada%2B1%40example.com?x",
                                  "/u/ada+1%40example.com", "/u/ada%2b1@example.com"])
def test_mentioned_anywhere(engine: Engine, personal: Personal, said: str) -> None:
    """In whatever column, of JSON or of text, in the address of a page, too: an operator is told of it. Each stands in
    a conversation of its own."""
    everywhere = {f"{table}.{column}" for table in OWNED_BY for column in columns(table, Holds.PERSON)}
    for place in everywhere:
        table, column = place.split(".")
        if table != "conversation":
            planted(engine, place, only=(), where={"conversation"})
        planted(engine, place, said, {column}, {table})
    found = personal.find(DataSubject(email="ada+1@example.com"))
    assert (found.conversations, set(found.mentioned)) == ((), everywhere)
    assert personal.find(DataSubject(email="1@example.com")).mentioned == ()


@pytest.mark.parametrize(
    "whose",
    [
        DataSubject(subject="user-1"),
        DataSubject(subject="old@example.com", email="OLD@example.com"),
        DataSubject(email="new@example.com"),
    ],
    ids=["subject", "old", "new"],
)
def test_a_changed_address(personal: Personal, conversations: Conversations, tickets: Tickets, draft: DraftMaker,
                           whose: DataSubject) -> None:
    """Whichever name is given, it is the same customer, and so is the guest who gave either address."""
    for name, address in (("c-1", "old@example.com"), ("c-2", "new@example.com")):
        begin(conversations, name, replace(ADA, email=address))
        begin(conversations, f"{name}-guest")
        tickets.open_ticket(draft(name, conversation_id=f"{name}-guest", email=address.upper(), identity=None))
        begin(conversations, f"{name}-says", text=f"tulis ke {address}")
    found = personal.find(whose)
    assert found.conversations == ("c-1", "c-1-guest", "c-2", "c-2-guest") and found.tickets == (1, 2)
    assert found.mentioned == ("c-1-says", "c-2-says")


def test_named_by_the_address(personal: Personal, cases: SqlCases, case_file: CaseMaker, tickets: Tickets,
                              draft: DraftMaker) -> None:
    """A bridge to mail names the conversations of the REST channel by it."""
    for number, name in enumerate((f"{MARK}@Example.com", f"{MARK}@example.com")):
        tickets.open_ticket(draft(f"k-{number}", conversation_id=name, email="x@example.com", identity=None))
    bo = Identity("user-2", Customer(), "Bo", "bo@example.com")
    cases.open_case(replace(case_file("c-2"), conversation_id=f"{MARK}@EXAMPLE.COM", identity=bo))
    found = personal.find(DataSubject(email=f"{MARK}@example.com"))
    assert found.conversations == (f"{MARK}@Example.com", f"{MARK}@example.com") and found.tickets == (1, 2)
    assert found.mentioned == (f"{MARK}@EXAMPLE.COM",)


def test_by_key_and_by_number(personal: Personal, crowd: dict[str, str]) -> None:
    """One conversation, not all of its owner's; a ticket alone stays alone."""
    assert personal.find(DataSubject(key_hash=crowd["c-new"])).conversations == ("c-new",)
    assert personal.find(DataSubject(conversation_id="c-guest")).tickets == (1,)
    assert personal.find(DataSubject(case=1)).conversations == ("rest-1",)
    found = personal.find(DataSubject(ticket=2))
    assert (found.conversations, found.tickets) == ((), (2,))


NOBODY = [
    DataSubject(),
    DataSubject(subject=""),
    DataSubject(subject="USER-1"),
    DataSubject(subject="%"),
    DataSubject(email="@example.com"),
    DataSubject(email="%@example.com"),
    DataSubject(key_hash=""),
    DataSubject(conversation_id="c"),
    DataSubject(case=99),
    DataSubject(ticket=99),
]


def test_nobody(personal: Personal, crowd: dict[str, str]) -> None:
    """What is nobody's name finds nobody."""
    for whose in NOBODY:
        found = personal.find(whose)
        assert not found and found.rows == {}, whose


def test_others_stay(engine: Engine, personal: Personal, erasures: Erasures, crowd: dict[str, str]) -> None:
    """Nothing of anybody else's changes."""
    found = personal.find(DataSubject(subject="user-1"))
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
    assert personal.find(DataSubject(conversation_id="c-1")).outside == (
        ExternalCopy("chatwoot", "17/3", "KLC-000001"), ExternalCopy("tickets", "4711", "KLT-000001"),
        ExternalCopy("manager", "", "KLC-000001"))
