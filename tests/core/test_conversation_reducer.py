"""Who may do what to a conversation while people have it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import product

import pytest

from bot.core.conversation import Agent, Author, Change, Changed, Conversation, Event, Kind, NewEntry, Note, Status
from bot.core.conversation_reducer import apply

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
SARI, BAYU = Agent("a_sari", "Sari"), Agent("a_bayu", "Bayu")
AT_WORK = (Event.SAY, Event.TRANSFER, Event.RETURN, Event.TICKET, Event.END)


def word(author: Author, text: str = "Halo") -> NewEntry:
    """Somebody says something."""
    return NewEntry(author, Kind.TEXT, {"text": text})


def conversation(status: Status, agent: Agent | None = None) -> Conversation:
    """A conversation with three entries, answered all."""
    asked = 3 if status in (Status.BOT, Status.OFFERED, Status.QUEUED, Status.TICKETED) else 0
    return Conversation("c", status, "id", None, last_seq=3, asked=asked, answered=3, agent=agent)


def after(before: Conversation, change: Change) -> Changed:
    """`before` after `change`."""
    return apply(before, change, {}, NOW, timedelta(minutes=5))


@pytest.mark.parametrize("status", [Status.QUEUED, Status.TRANSFERRED])
def test_an_agent_takes_what_waits(status: Status) -> None:
    """From then on it is theirs."""
    changed = after(conversation(status), Change("c", (word(Author.SYSTEM),), Event.ACCEPT, by=SARI))
    assert (changed.conversation.status, changed.conversation.agent, changed.is_new) == (Status.CONNECTED, SARI, True)


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.QUEUED, Status.TRANSFERRED)])
def test_nothing_else_can_be_taken(status: Status) -> None:
    """Least of all what another has."""
    before = conversation(status, BAYU if status is Status.CONNECTED else None)
    changed = after(before, Change("c", (word(Author.SYSTEM),), Event.ACCEPT, by=SARI, notes=(Note("taken"),)))
    assert changed == Changed(before, (), is_new=False)


@pytest.mark.parametrize(("event", "status"), list(product(AT_WORK, Status)))
def test_only_who_has_it_works_on_it(event: Event, status: Status) -> None:
    """Another agent's word is not stored, and moves nothing."""
    before = conversation(status, BAYU if status is Status.CONNECTED else None)
    assert after(before, Change("c", (word(Author.AGENT),), event, by=SARI)) == Changed(before, (), is_new=False)


@pytest.mark.parametrize("event", AT_WORK)
def test_who_has_it_may_do_everything(event: Event) -> None:
    """And is its agent no more when the word goes to somebody else."""
    changed = after(conversation(Status.CONNECTED, SARI), Change("c", (word(Author.AGENT),), event, by=SARI))
    assert changed.is_new and len(changed.entries) == 1
    assert changed.conversation.agent == (SARI if event is Event.SAY else None)


@pytest.mark.parametrize("status", [Status.CONNECTED, Status.TRANSFERRED, Status.CLOSED])
@pytest.mark.parametrize("answers", [None, 3, 99])
def test_the_bot_is_silent_where_a_human_has_the_word(status: Status, answers: int | None) -> None:
    """Even a reply that was on its way, or one that was given out of turn."""
    before = conversation(status, SARI if status is Status.CONNECTED else None)
    for event in (None, Event.QUEUE, Event.OFFER):
        change = Change("c", (word(Author.BOT),), event, answers)
        if status is Status.TRANSFERRED and event is Event.QUEUE:
            continue  # a second hand-off, said by whoever answers in the queue
        assert after(before, change) == Changed(before, (), is_new=False)


def test_what_is_said_to_a_human_is_not_the_bots_to_answer() -> None:
    """Not even when it has the word again."""
    said = after(conversation(Status.CONNECTED, SARI), Change("c", (word(Author.VISITOR),), Event.SAY)).conversation
    returned = after(said, Change("c", (word(Author.SYSTEM),), Event.RETURN, by=SARI)).conversation
    assert (returned.status, returned.asked > returned.answered) == (Status.BOT, False)
    asked = after(returned, Change("c", (word(Author.VISITOR),), Event.SAY)).conversation
    assert asked.asked == asked.last_seq > asked.answered


def test_a_note_alone_is_news_and_leaves_the_conversation_as_it_is() -> None:
    """Everybody may leave one."""
    before = conversation(Status.CONNECTED, SARI)
    note = Note("note", {"text": "VIP"}, "a_bayu", "n-1")
    assert after(before, Change("c", notes=(note,))) == Changed(before, (), is_new=True, notes=(note,))


def test_silence_gives_it_back_to_the_bot() -> None:
    """After half an hour without a word."""
    before = replace(conversation(Status.CONNECTED, SARI), wakes_at=NOW)
    changed = after(before, Change("c", (word(Author.SYSTEM),), Event.TIMEOUT))
    assert (changed.conversation.status, changed.conversation.agent) == (Status.BOT, None)
