"""Batches of changes: all or nothing, several writers at once, and any batch against a plain model."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fakes import QUEUE_PATIENCE, FakeClock
from forkserver import PROCESSES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.engine import open_engine
from bot.core.conversation import (
    Author,
    Change,
    Conversation,
    Entry,
    Event,
    Kind,
    NewEntry,
    NotAllowed,
    Status,
    advance,
    status_timeout,
)
from bot.core.errors import StoreUnavailable
from bot.ports import Conversations

WRITERS, BATCHES = 4, 15
PATIENT_SECONDS = 60.0


def entry(client_id: str | None, author: Author = Author.VISITOR, kind: Kind = Kind.TEXT) -> NewEntry:
    """An entry whose body does not matter."""
    return NewEntry(author, kind, {"text": client_id}, client_id)


def begin(conversations: Conversations) -> str:
    """A new conversation."""
    name = f"c_{uuid.uuid4().hex}"
    return conversations.create(Conversation(name, Status.BOT, "id", None), f"key of {name}").id


def contents(conversations: Conversations, *ids: str) -> list[tuple[Conversation | None, list[Entry]]]:
    """All that is stored of them."""
    return [(conversations.get(name), conversations.entries(name)) for name in ids]


def test_an_unknown_conversation_stops_the_batch(conversations: Conversations) -> None:
    """Nothing of the others is stored."""
    name = begin(conversations)
    before = contents(conversations, name)
    with pytest.raises(KeyError, match="c_nobody"):
        conversations.write([Change(name, (entry("m-1"),)), Change("c_nobody", (entry("m-2"),))])
    assert contents(conversations, name) == before


@pytest.mark.parametrize("failing", ["INSERT INTO entry", "UPDATE conversation", "commit"])
def test_a_batch_that_fails_leaves_nothing(engine: Engine, conversations: Conversations, failing: str) -> None:
    """Wherever it breaks; and the same batch can be written again."""
    names = [begin(conversations), begin(conversations)]
    before = contents(conversations, *names)
    batch = [Change(name, (entry("m-1"),), event=Event.QUEUE, bot_state={"n": 1}) for name in names]

    def fail(*arguments: Any) -> None:
        if failing == "commit" or failing in arguments[2]:
            raise OperationalError("broken", None, Exception("the disk is full"))

    hook = "commit" if failing == "commit" else "after_cursor_execute"
    event.listen(engine, hook, fail)
    with pytest.raises(StoreUnavailable):
        conversations.write(batch)
    event.remove(engine, hook, fail)
    assert contents(conversations, *names) == before
    assert [result.is_new for result in conversations.write(batch)] == [True, True]


def test_a_body_that_is_no_json_leaves_nothing(conversations: Conversations) -> None:
    """A programming error is told, and spoils nothing."""
    name = begin(conversations)
    before = contents(conversations, name)
    wrong = NewEntry(Author.BOT, Kind.TEXT, {"text": object()})
    with pytest.raises(Exception, match="not JSON serializable"):
        conversations.write([Change(name, (entry("m-1"),)), Change(name, (wrong,))])
    assert contents(conversations, name) == before


def write_much(url: str, names: Sequence[str], writer: int) -> list[tuple[str, int, str]]:
    """Batches of two conversations in either order, each with an entry of ours, one that others send too, and the
    answer to a text that all of them answer; what was new of ours."""
    engine = open_engine(url, PATIENT_SECONDS)
    conversations = SqlConversations(engine, QUEUE_PATIENCE)
    new = []
    for number in range(BATCHES):
        order = names if (number + writer) % 2 else names[::-1]
        batch = [Change(name, (entry(f"{writer}-{number}"),), event=Event.SAY) for name in order]
        batch += [Change(name, (entry(f"shared-{number}"),)) for name in order]
        batch += [Change(name, (entry(None, Author.BOT),), answers=number + 1) for name in order]
        for result in conversations.write(batch):
            new += [(result.conversation.id, e.seq, e.client_id or "reply") for e in result.entries if result.is_new]
    engine.dispose()
    return new


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_writers_at_once(engine: Engine, conversations: Conversations, kind: str) -> None:
    """No gap, no number twice, each `client_id` and each answer once, and each writer knows what it added."""
    names = [begin(conversations), begin(conversations)]
    pool = (ThreadPoolExecutor(WRITERS) if kind == "threads"
            else ProcessPoolExecutor(WRITERS, mp_context=PROCESSES))
    with pool:
        url = str(engine.url)
        written = [new for some in pool.map(write_much, [url] * WRITERS, [names] * WRITERS, range(WRITERS))
                   for new in some]
    stored = [(name, e.seq, e.client_id or "reply") for name in names for e in conversations.entries(name, limit=999)]
    assert sorted(stored) == sorted(written)
    expected = BATCHES * (WRITERS + 1 + 1)
    for name in names:
        assert [seq for owner, seq, _ in stored if owner == name] == list(range(1, expected + 1))
        conversation = conversations.get(name)
        assert conversation is not None
        assert (conversation.last_seq, conversation.answered) == (expected, BATCHES)
        clients = [client_id for owner, _, client_id in stored if owner == name]
        assert clients.count("reply") == BATCHES
        assert len(set(clients)) == BATCHES * (WRITERS + 1) + 1


# Where a human has the word, or nobody any more: the bot is silent.
HUMANS = (Status.CONNECTED, Status.TRANSFERRED, Status.CLOSED)


@dataclass
class Model:
    """A conversation as plainly as can be: what `docs/protocol.md` and `bot/core/conversation.py` say, step by step."""

    status: Status = Status.BOT
    lang: str = "id"
    state: Any = field(default_factory=dict)
    log: list[tuple[Author, Kind, str | None, str]] = field(default_factory=list)
    to_bot: int = 0
    answered: int = 0
    read: int = 0
    wakes_at: datetime | None = None

    def write(self, change: Change, now: datetime) -> tuple[list[int], bool]:
        """The numbers of the entries, and whether anything is new."""
        ids = [client_id for _, _, client_id, _ in self.log]
        repeated = [ids.index(e.client_id) + 1 for e in change.entries if e.client_id and e.client_id in ids]
        if repeated:
            return repeated, False
        if change.answers is not None and change.answers <= self.answered:
            return [], False
        if change.event is Event.TIMEOUT and (self.wakes_at is None or now < self.wakes_at):
            return [], False
        after = self.status
        with suppress(NotAllowed):
            after = self.status if change.event is None else advance(self.status, change.event)
        if after in HUMANS and any(e.author is Author.BOT for e in change.entries):
            return [], False
        was = replace(self, log=list(self.log))
        added = []
        for e in change.entries:
            if e.client_id is None or e.client_id not in [logged[2] for logged in self.log]:
                self.log.append((e.author, e.kind, e.client_id, e.body["text"]))
                added.append(len(self.log))
        happened = False
        if change.event is not None:
            with suppress(NotAllowed):
                self.status, happened = advance(self.status, change.event), True
        for seq in added:
            if self.log[seq - 1][0] is Author.VISITOR and self.log[seq - 1][1] in (Kind.TEXT, Kind.TICKET, Kind.FILE):
                self.to_bot = seq
        if self.status in HUMANS:
            self.to_bot = 0
        self.lang = change.lang or self.lang
        self.state = self.state if change.bot_state is None else change.bot_state
        self.answered = change.answers or self.answered
        if self.status in HUMANS:
            self.answered = max(self.answered, len(self.log))
        self.read = max(self.read, min(change.read or 0, len(self.log)))
        stays_queued = was.status is self.status is Status.QUEUED
        if stays_queued and happened and change.event is Event.TIMEOUT:
            self.wakes_at = None
        elif (added or happened) and not stays_queued:
            wait = status_timeout(self.status, QUEUE_PATIENCE)
            self.wakes_at = wait and now + wait
        return added, self != was


NEW_ENTRIES = st.builds(
    NewEntry, st.sampled_from(Author), st.sampled_from(Kind), st.fixed_dictionaries({"text": st.text()}),
    st.sampled_from([None, None, "m-1", "m-2", "m-3", "m-4", "m-5", "m-6"]))
CHANGES = st.builds(Change, st.sampled_from(["first", "second"]), st.lists(NEW_ENTRIES, max_size=3).map(tuple),
                    st.none() | st.sampled_from(Event), st.none() | st.integers(1, 8),
                    st.none() | st.dictionaries(st.text(), st.none()), st.sampled_from([None, "id", "en"]), st.none(),
                    st.none() | st.integers(0, 2**63))
WAITS = st.sampled_from([timedelta(), timedelta(seconds=1), QUEUE_PATIENCE, timedelta(minutes=30), timedelta(days=30)])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(WAITS, st.lists(CHANGES, max_size=5)), max_size=6))
def test_any_batches_do_as_the_model(conversations: Conversations, clock: FakeClock,
                                     batches: list[tuple[timedelta, list[Change]]]) -> None:
    """Whatever is written, in whatever batches, with time passing: the results and what is stored."""
    names = {"first": begin(conversations), "second": begin(conversations)}
    models = {name: Model(wakes_at=clock() + timedelta(days=30)) for name in names.values()}
    for wait, changes in batches:
        now = clock.forward(wait)
        changes = [replace(change, conversation_id=names[change.conversation_id]) for change in changes]
        expected = [models[change.conversation_id].write(change, now) for change in changes]
        results = conversations.write(changes)
        assert [([e.seq for e in result.entries], result.is_new) for result in results] == expected
    waiting = [conversation.id for conversation in conversations.due(clock())]
    unanswered = conversations.unanswered()
    for name, model in models.items():
        conversation = conversations.get(name)
        log = [(e.author, e.kind, e.client_id, e.body["text"]) for e in conversations.entries(name)]
        assert log == model.log
        assert conversation == Conversation(name, model.status, model.lang, None, last_seq=len(log), asked=model.to_bot,
                            answered=model.answered, read=model.read, bot_state=model.state, wakes_at=model.wakes_at)
        assert (name in waiting) == (model.wakes_at is not None and model.wakes_at <= clock())
        assert (name in unanswered) == (model.to_bot > model.answered)
