"""The contracts of `DeskLinks` and `Memory`, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.engine import Engine

from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.desk_links import SqlDeskLinks, SqlMemory
from bot.core.conversation import Author, Change, Event, Kind, NewEntry
from bot.ports import CaseFile, Conversations, DeskLink, DeskLinks, Memory


@pytest.fixture
def links(engine: Engine) -> DeskLinks:
    """Each adapter of `DeskLinks`, empty."""
    return SqlDeskLinks(engine)


@pytest.fixture
def memory(engine: Engine) -> Memory:
    """Each adapter of `Memory`, empty."""
    return SqlMemory(engine)


@pytest.fixture
def case(cases: SqlCases, conversations: Conversations, case_file: Callable[..., CaseFile]) -> int:
    """The case of the conversation `c-1`, in the queue."""
    cases.open_case(case_file("c-1"))
    conversations.write([Change("c-1", (said("Halo"),), Event.QUEUE)])
    return cases.of_conversation("c-1")[0].id


def said(text: str) -> NewEntry:
    """A word of the visitor."""
    return NewEntry(Author.VISITOR, Kind.TEXT, {"text": text})


def test_a_case_goes_its_way(links: DeskLinks, conversations: Conversations, case: int) -> None:
    """Begun, opened, shown, behind again, over."""
    assert links.of_case(case) is None
    assert links.begin("matrix", case, "c-1", 1) == DeskLink(case, "c-1", "", 1)
    assert links.open("matrix") == [DeskLink(case, "c-1", "", 1, is_due=True)]
    links.opened(case, "!room")
    assert links.open("matrix") == [DeskLink(case, "c-1", "!room", 1, is_due=False)]
    conversations.write([Change("c-1", (said("Halo?"),), Event.SAY)])
    assert links.find("matrix", "!room") == DeskLink(case, "c-1", "!room", 1, is_due=True)
    links.shown(case, 2)
    assert links.find("matrix", "!room") == DeskLink(case, "c-1", "!room", 2, is_due=False)
    conversations.write([Change("c-1", event=Event.END)])
    assert [link.is_due for link in links.open("matrix")] == [True]
    links.over(case)
    assert links.open("matrix") == []
    assert links.of_case(case) is not None


def test_begun_again(links: DeskLinks, case: int) -> None:
    """After a crash, what was decided before stands."""
    links.begin("matrix", case, "c-1", 1)
    assert links.begin("matrix", case, "c-1", 7).relayed == 1
    links.opened(case, "!room")
    assert links.begin("matrix", case, "c-1", 7).ref == "!room"


def test_desks_apart(links: DeskLinks, case: int) -> None:
    """Another desk's cases are none of this one's."""
    links.begin("matrix", case, "c-1", 1)
    links.opened(case, "5")
    assert links.open("chatwoot") == []
    assert links.find("chatwoot", "5") is None


def test_memory(memory: Memory) -> None:
    """The last word counts."""
    assert memory.recall("staffing") is None
    for value in ({"online": 2}, {"online": None}):
        memory.remember("staffing", value)
        assert memory.recall("staffing") == value
