"""What is too old is deleted, in every database: a batch at a time, and never what is open."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import FakeClock
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bot.adapters.file_store import FolderFiles
from bot.adapters.learning_runs import FolderRuns
from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.erasures import SqlErasures
from bot.adapters.sql.feedback import SqlFeedback
from bot.adapters.sql.tables import metadata
from bot.core.conversation import Author, Change, Conversation, Event, Kind, NewEntry, Status
from bot.core.retention import RetentionPeriods
from bot.ports import Conversations, Files, StoredFile, TicketDraft, Tickets
from bot.ports.audit import Action, AuditEvent, AuditQuery
from bot.services.erasure import Eraser
from bot.services.insights import tally
from bot.services.retention import Retention
from bot.tools.learning.run_store import new_run

PNG = b"\x89PNG\r\n\x1a\n"
FOREVER = RetentionPeriods(None, None, None, None, None)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Files on the disk."""
    return FolderFiles(tmp_path / "files")


@pytest.fixture
def audit(engine: Engine, clock: FakeClock) -> SqlAudit:
    """The audit log."""
    return SqlAudit(engine, clock)


@pytest.fixture
def retain(engine: Engine, clock: FakeClock, files: Files, audit: SqlAudit, tmp_path: Path,
           monkeypatch: pytest.MonkeyPatch) -> Callable[[RetentionPeriods], Counter[str]]:
    """Goes a round; what was deleted, by kind."""
    monkeypatch.setattr("bot.services.retention.BATCH", 2)
    erasures = SqlErasures(engine, lambda records, at: tally(records, at, lambda then: then.date()), clock)
    eraser = Eraser(erasures, files, FolderRuns(tmp_path / "learn"), clock)

    def go(keep: RetentionPeriods, *, has_desk: bool = False) -> Counter[str]:
        counts: Counter[str] = Counter()
        for kind, count in Retention(keep, eraser, SqlFeedback(engine), audit, clock, has_desk=has_desk).steps():
            assert count <= 2 or kind == "audit entries"
            counts[kind] += count
        return +counts

    return go


def conversation_id(conversations: Conversations, files: Files, clock: FakeClock, *, ends: bool = True) -> str:
    """One with a file, which is over."""
    name = f"c_{uuid.uuid4().hex}"
    conversations.create(Conversation(name, Status.BOT, "id", None), uuid.uuid4().hex)
    conversations.write([Change(name, (NewEntry(Author.VISITOR, Kind.TEXT, {"text": "halo"}),), Event.SAY)])
    files.save(StoredFile("f_0123456789abcdef", name, "a.png", "image/png", len(PNG)), PNG)
    path = next(iter(_paths(files, name)))
    os.utime(path, (clock.time.timestamp(),) * 2)
    if ends:
        conversations.write([Change(name, event=Event.END)])
    return name


def _paths(files: Files, name: str) -> list[Path]:
    assert isinstance(files, FolderFiles)
    return list((files._folder / name).iterdir())


def test_conversations(engine: Engine, conversations: Conversations, files: Files, clock: FakeClock,
                       retain: Callable[[RetentionPeriods], Counter[str]], audit: SqlAudit) -> None:
    """Those that are over, with their files, not those that are open; a record tells how many and no names."""
    old = [conversation_id(conversations, files, clock) for _ in range(5)]
    talks = conversation_id(conversations, files, clock, ends=False)
    clock.forward(timedelta(days=20))
    new = conversation_id(conversations, files, clock)
    clock.forward(timedelta(days=10))
    keep = RetentionPeriods(conversations=30, files=None)
    assert retain(keep) == {}
    clock.forward(timedelta(seconds=1))
    assert retain(keep) == {"conversations": 5}
    assert [conversations.get(name) for name in old] == [None] * 5
    assert conversations.get(talks) and conversations.get(new)
    assert set(files.conversations()) == {talks, new}
    told = [entry.event.details for entry in audit.read(AuditQuery(action=Action.ERASED))]
    assert [(one["why"], one["conversations"]) for one in told] == [("age", 1), ("age", 2), ("age", 2)]
    assert retain(FOREVER) == {}


def test_files_alone(conversations: Conversations, files: Files, clock: FakeClock,
                     retain: Callable[[RetentionPeriods], Counter[str]]) -> None:
    """By their own age; the conversation keeps its words, and an open one its files."""
    old = [conversation_id(conversations, files, clock) for _ in range(3)]
    talks = conversation_id(conversations, files, clock, ends=False)
    clock.forward(timedelta(days=8))
    new = conversation_id(conversations, files, clock)
    assert retain(RetentionPeriods(files=7)) == {"files": 3}
    assert [files.of(name) for name in old] == [()] * 3 and all(conversations.get(name) for name in old)
    assert files.of(talks) and files.of(new)


def test_files_of_nobody(files: Files, clock: FakeClock, retain: Callable[[RetentionPeriods], Counter[str]]) -> None:
    """What has no conversation any more goes by its age, too."""
    files.save(StoredFile("f_0123456789abcdef", "c_0123456789abcdef", "a.png", "image/png", len(PNG)), PNG)
    clock.time += timedelta(days=36_500)
    assert retain(RetentionPeriods(files=7)) == {"files": 1}


def test_tickets(engine: Engine, tickets: Tickets, draft: Callable[..., TicketDraft], clock: FakeClock,
                 retain: Callable[..., Counter[str]]) -> None:
    """Where a desk has them: not one that it does not have yet, for it is away, or that may be answered still."""
    numbers = [tickets.open_ticket(draft(f"k-{number}")) for number in range(5)]
    for number in numbers[1:]:
        tickets.sent(number, f"at {number}")
    for number in numbers[2:]:
        tickets.save_reply_cursor(number, None, is_over=True)
    clock.time += timedelta(days=36_500)
    assert retain(RetentionPeriods(tickets=None), has_desk=True) == {}
    assert retain(RetentionPeriods(tickets=0), has_desk=True) == {"tickets": 3}
    assert tickets.is_there(numbers[0]) and tickets.is_there(numbers[1])
    assert retain(RetentionPeriods(tickets=730)) == {"tickets": 2}


def test_a_ticket_on_its_way(conversations: Conversations, files: Files, tickets: Tickets, clock: FakeClock,
                             draft: Callable[..., TicketDraft], retain: Callable[..., Counter[str]]) -> None:
    """The desk gets the whole conversation with it, whenever it is back."""
    name = conversation_id(conversations, files, clock)
    number = tickets.open_ticket(draft("k-1", conversation_id=name))
    clock.forward(timedelta(days=800))
    assert retain(RetentionPeriods(), has_desk=True) == {"files": 1}
    tickets.sent(number, "17")
    tickets.save_reply_cursor(number, None, is_over=True)
    assert retain(RetentionPeriods(), has_desk=True)["conversations"] == 1


def test_what_was_learned(tmp_path: Path, clock: FakeClock, retain: Callable[..., Counter[str]]) -> None:
    """Runs of `kilat learn` go by their age though nobody runs it again."""
    new_run(tmp_path / "learn", clock.time).write("words", "words", [], [])
    clock.forward(timedelta(days=89))
    assert retain(RetentionPeriods()) == {} and retain(RetentionPeriods(feedback=None)) == {}
    clock.forward(timedelta(days=2))
    assert retain(RetentionPeriods(feedback=None)) == {}
    assert retain(RetentionPeriods()) == {"runs of kilat learn": 1}


class Disk:
    """Counts how often the store's files are written anew; there is room as soon as the test says so."""

    def __init__(self) -> None:
        self.written, self.has_room = 0, True

    def compact(self, _erasures: SqlErasures) -> bool:
        """See `Erasures`."""
        self.written += self.has_room
        return self.has_room


def test_pieces_are_cleared_away(engine: Engine, tickets: Tickets, draft: Callable[..., TicketDraft], clock: FakeClock,
                                 files: Files, audit: SqlAudit, conversations: Conversations, tmp_path: Path,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was deleted, by whom and when: once a day, and again if it could not be done."""
    disk = Disk()
    monkeypatch.setattr(SqlErasures, "compact", lambda self: disk.compact(self))
    erasures = SqlErasures(engine, lambda *_: (), clock)
    eraser = Eraser(erasures, files, FolderRuns(tmp_path / "learn"), clock)
    retention = Retention(RetentionPeriods(tickets=0), eraser, SqlFeedback(engine), audit, clock, has_desk=False)

    def go(hours: float = 1) -> int:
        clock.time += timedelta(hours=hours)
        list(retention.steps())
        return disk.written

    assert go() == 0
    clock.time += timedelta(days=36_500)
    tickets.open_ticket(draft("k-1"))
    disk.has_room = False
    assert go() == 0
    disk.has_room = True
    assert go() == 1 and go() == 1
    # Erased in a shell just after, and forgotten by the time of the next look, which comes a little late.
    name = conversation_id(conversations, files, clock)
    clock.time += timedelta(minutes=1)
    eraser.erase([name], (), "forget", "shell")
    assert go(1) == 1
    assert go(24.5) == 2 and go(25) == 2


def test_the_audit_log(audit: SqlAudit, clock: FakeClock, retain: Callable[[RetentionPeriods], Counter[str]]) -> None:
    """By its age."""
    audit.record(AuditEvent(Action.SIGN_IN, "sari@example.com"))
    clock.forward(timedelta(days=401))
    assert retain(RetentionPeriods(audit=None)) == {}
    assert retain(RetentionPeriods()) == {"audit entries": 1}


def test_a_round_that_was_cut_off(engine: Engine, conversations: Conversations, files: Files, clock: FakeClock,
                                  retain: Callable[[RetentionPeriods], Counter[str]],
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one does what is left: files of what is gone, and the rest."""
    for _ in range(3):
        conversation_id(conversations, files, clock)
    clock.forward(timedelta(days=31))

    def dies(_self: object, _conversation_id: str) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(FolderFiles, "erase", dies)
        with pytest.raises(KeyboardInterrupt):
            retain(RetentionPeriods(conversations=30))
    assert len(list(files.conversations())) == 3
    retain(RetentionPeriods(conversations=30))
    assert list(files.conversations()) == []
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(metadata.tables["entry"])).scalar() == 0


def test_a_trace_lasts_a_day(engine: Engine, conversations: Conversations, files: Files, clock: FakeClock,
                             retain: Callable[[RetentionPeriods], Counter[str]]) -> None:
    """For as long as somebody may be at work on it."""
    conversation_id(conversations, files, clock)
    retain(RetentionPeriods(conversations=0))
    clock.forward(timedelta(seconds=1))
    retain(RetentionPeriods(conversations=0))

    def traces() -> object:
        with engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(metadata.tables["erasure"])).scalar()

    assert traces() == 1
    clock.forward(timedelta(days=1, seconds=1))
    retain(FOREVER)
    assert traces() == 0
