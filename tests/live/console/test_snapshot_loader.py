"""The board that is put right piece by piece is the one that is read at once; a long queue is not read all the time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fakes import FakeClock

from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.cases import SqlCases
from bot.core.conversation import Agent, Author, Change, Changed, Destination, Event, Kind, NewEntry
from bot.live.console import snapshot_loader as module
from bot.live.console.queue_snapshot import SnapshotRows, read_snapshot
from bot.live.console.snapshot_loader import SnapshotLoader
from bot.ports import CaseFile, Conversations

SARI, BAYU = Agent("a_sari", "Sari"), Agent("a_bayu", "Bayu")
WORD = (NewEntry(Author.AGENT, Kind.TEXT, {"text": "Halo"}),)


@pytest.fixture
def board(cases: SqlCases, conversations: Conversations, case_file: Callable[..., CaseFile], clock: FakeClock,
          monkeypatch: pytest.MonkeyPatch) -> Any:
    """A reader that has read a desk where three wait; `do` makes a change and tells whether all was read for it."""
    monkeypatch.setattr(module, "REST", 0)
    monkeypatch.setattr(module, "ROUND_SECONDS", 1000)

    class Played:
        def __init__(self) -> None:
            self.agents = SqlAgents(cases._engine, clock)
            self.reader = SnapshotLoader(cases, self.agents, clock)
            for name in ("ani", "budi", "cici"):
                cases.open_case(case_file(name))
                conversations.write([Change(name, event=Event.QUEUE)])
            assert asyncio.run(self.reader.read())

        def do(self, conversation_id: str, event: Event, by: Agent | None = None, **more: Any) -> bool | None:
            changed = conversations.write([Change(conversation_id, event=event, by=by, **more)])[0]
            return self.hear(changed)

        def hear(self, changed: Changed) -> bool | None:
            if not self.reader.follow(changed):
                return None
            whole = asyncio.run(self.reader.read())
            now, read = self.reader.snapshot, read_snapshot(cases, self.agents, clock(), SnapshotRows())
            assert now is not None and now.cases == read.cases
            assert [case.id for case in now.waiting] == [case.id for case in read.waiting]
            assert (now.held, now.counts) == (read.held, read.counts)
            return whole

    return Played()


def test_piece_by_piece(board: Any) -> None:
    """What leaves the queue, and what happens to what was taken, is read alone; what joins it, with all of it."""
    assert board.do("budi", Event.ACCEPT, SARI) is False
    assert board.do("budi", Event.SAY, SARI, entries=WORD) is False, "the first word stops a clock"
    assert board.do("budi", Event.SAY, SARI, entries=WORD) is None
    assert board.do("budi", Event.TRANSFER, SARI, to=Destination(tier=2)) is True
    assert board.do("budi", Event.ACCEPT, BAYU) is False
    assert board.do("budi", Event.RETURN, BAYU) is False
    assert board.do("ani", Event.LEAVE) is False
    assert board.do("cici", Event.END) is False
    assert board.reader.snapshot.cases == {}


def test_two_changes_before_it_is_read(board: Any, conversations: Conversations) -> None:
    """Taken and sent on at once: it waits again, and all is read."""
    first, second = conversations.write([
        Change("ani", event=Event.ACCEPT, by=SARI), Change("ani", event=Event.TRANSFER, by=SARI)])
    assert board.reader.follow(first) and not board.reader.follow(second)
    assert asyncio.run(board.reader.read()) is False and board.reader.wait() == 0
    assert asyncio.run(board.reader.read()) is True
    assert board.reader.snapshot.cases["ani"].reserved_for is None and len(board.reader.snapshot.waiting) == 3


def test_a_long_queue_is_not_read_all_the_time(board: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After it was read, what leaves it is still read at once; the rest waits a little."""
    monkeypatch.setattr(module, "REST", 10_000)
    board.reader.refresh()
    assert asyncio.run(board.reader.read())
    board.reader.refresh()
    assert asyncio.run(board.reader.read()) is False and board.reader.wait() > 1
    assert board.do("budi", Event.ACCEPT, SARI) is False
