"""What was missed is stored once, with its answer, and the same in every database; ratings mark it, time deletes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from fakes import FakeClock
from sqlalchemy.engine import Engine

from bot.adapters.sql.feedback import SqlFeedback
from bot.core.conversation import Agent, Author, Change, Event, Kind, NewEntry
from bot.core.feedback import FeedbackRecord, Neighbour, ReviewReason, Understanding
from bot.ports import CaseFile, Conversations
from bot.ports.feedback import FeedbackStore, StoredFeedback

RANKING = (("phone_number", 0.41), ("phone_access", 0.35))
NEAREST = (Neighbour("nomor telepon jepang", "phone_number", 0.93),)
FAR = timedelta(days=365)


@pytest.fixture
def store(engine: Engine) -> FeedbackStore:
    """Each adapter of the port."""
    return SqlFeedback(engine)


@pytest.fixture
def ask(conversations: Conversations, case_file: Callable[..., CaseFile], clock: FakeClock) -> Callable[..., int]:
    """Says something in a conversation and answers it a second later; the seq of what was said."""

    def one(text: str, *why: ReviewReason, conversation_id: str = "c-1", blames: int | None = None,
            again: int = 0) -> int:
        case_file(conversation_id)
        said = NewEntry(Author.VISITOR, Kind.TEXT, {"text": text}, str(uuid.uuid4()))
        [asked] = conversations.write([Change(conversation_id, (said,))])
        clock.forward(timedelta(seconds=1))
        seq = asked.entries[0].seq
        understood = Understanding("phone_number", RANKING, 0.06, NEAREST, "20261124-abc")
        feedback = FeedbackRecord(text, "id", understood, why, blames)
        answer = NewEntry(Author.BOT, Kind.TEXT, {"text": "…"}, f"re-{seq}")
        change = Change(conversation_id, (answer,), answers=seq, feedback=feedback)
        for _ in range(1 + again):
            conversations.write([change])
        return seq

    return one


def _rate(conversations: Conversations, conversation_id: str, **rating: object) -> None:
    entry = NewEntry(Author.VISITOR, Kind.RATING, {"text": "…", "rating": rating}, str(uuid.uuid4()))
    conversations.write([Change(conversation_id, (entry,))])


def _texts(store: FeedbackStore) -> list[str]:
    return [record.text for record in store.open()]


def test_what_is_kept(store: FeedbackStore, ask: Callable[..., int], clock: FakeClock) -> None:
    """All that the bot thought, as it was, and when."""
    seq = ask("nomor jepang", ReviewReason.DECLINED, ReviewReason.DOUBTFUL)
    assert store.open() == (StoredFeedback(
        "c-1", seq, clock.time, "id", "nomor jepang", ("declined", "doubtful"), "phone_number", RANKING,
        pytest.approx(0.06), "20261124-abc", None, NEAREST),)


def test_a_repeated_answer_is_kept_once(store: FeedbackStore, ask: Callable[..., int]) -> None:
    """However often the same turn is written."""
    ask("nomor jepang", ReviewReason.DECLINED, again=3)
    assert _texts(store) == ["nomor jepang"]


def test_what_is_not_stored_is_not_kept(store: FeedbackStore, ask: Callable[..., int],
                                        conversations: Conversations) -> None:
    """An answer that comes after the end is none, and its question no feedback."""
    ask("halo")
    conversations.write([Change("c-1", event=Event.END)])
    feedback = FeedbackRecord("terlambat", "id", Understanding("nlu_fallback"), (ReviewReason.DECLINED,))
    [changed] = conversations.write([Change("c-1", (NewEntry(Author.BOT, Kind.TEXT, {"text": "…"}),), answers=99,
                                            feedback=feedback)])
    assert not changed.is_new and _texts(store) == []


def test_all_or_nothing(store: FeedbackStore, ask: Callable[..., int], conversations: Conversations) -> None:
    """A batch that breaks leaves neither an answer nor feedback."""
    seq = ask("satu", ReviewReason.DECLINED)
    feedback = FeedbackRecord("dua", "id", Understanding("nlu_fallback"), (ReviewReason.DECLINED,))
    with pytest.raises(KeyError):
        conversations.write([Change("c-1", answers=seq + 5, feedback=feedback), Change("c-nobody", read=1)])
    assert _texts(store) == ["satu"]


def test_the_oldest_first(store: FeedbackStore, ask: Callable[..., int]) -> None:
    """Over all conversations, and no more than wanted."""
    for conversation_id, text in (("c-2", "satu"), ("c-1", "dua"), ("c-2", "tiga")):
        ask(text, ReviewReason.DOUBTFUL, conversation_id=conversation_id)
    assert _texts(store) == ["satu", "dua", "tiga"]
    assert [record.text for record in store.open(limit=2)] == ["satu", "dua"]


def test_settled(store: FeedbackStore, ask: Callable[..., int]) -> None:
    """Nobody has to look at it again; the others stay. Keys that aren't there do no harm."""
    first, second = ask("satu", ReviewReason.DECLINED), ask("dua", ReviewReason.DECLINED)
    store.settle([], "dismissed")
    store.settle([("c-1", first), ("c-nobody", 1)], "proposed")
    assert [(record.text, record.seq) for record in store.open()] == [("dua", second)]


@pytest.mark.parametrize(("rating", "is_bad"), [
    ({"score": 1}, True), ({"score": 2}, True), ({"score": 3}, False), ({"score": 5, "solved": False}, True),
    ({"score": 1, "solved": True}, False)])
def test_a_rating(store: FeedbackStore, ask: Callable[..., int], conversations: Conversations,
                  rating: dict[str, object], is_bad: bool) -> None:
    """A bad one is a reason to look at all that the bot had answered in that conversation; a good one is none."""
    ask("satu")
    ask("dua", ReviewReason.DOUBTFUL)
    ask("lain", conversation_id="c-2")
    assert _texts(store) == ["dua"]
    _rate(conversations, "c-1", **rating)
    ask("sesudahnya")
    found = {record.text: record.reasons for record in store.open()}
    assert found == ({"satu": ("rated",), "dua": ("doubtful", "rated")} if is_bad else {"dua": ("doubtful",)})


def test_a_rating_of_an_agent(store: FeedbackStore, ask: Callable[..., int], conversations: Conversations) -> None:
    """Says nothing of the bot."""
    ask("satu")
    sari = Agent("a-1", "Sari")
    said = NewEntry(Author.AGENT, Kind.TEXT, {"text": "Halo"})
    conversations.write([Change("c-1", event=Event.QUEUE), Change("c-1", event=Event.ACCEPT, by=sari),
                         Change("c-1", (said,), by=sari), Change("c-1", event=Event.RETURN, by=sari)])
    _rate(conversations, "c-1", score=1)
    assert _texts(store) == []


def test_a_complaint(store: FeedbackStore, ask: Callable[..., int]) -> None:
    """Blames the answer that it names, and no other."""
    ask("satu")
    second = ask("dua")
    ask("itu tidak membantu", blames=second)
    assert [(record.text, record.reasons) for record in store.open()] == [("dua", ("rated",))]


def test_what_is_said_of_one_answer(store: FeedbackStore, ask: Callable[..., int]) -> None:
    """Is kept until it is taken back; of what needed no understanding there is nothing to say."""
    seq = ask("satu")
    ask("dua")
    store.blame("c-1", seq)
    store.blame("c-1", seq + 100)
    assert [(record.text, record.reasons) for record in store.open()] == [("satu", ("rated",))]
    store.blame("c-1", seq, is_bad=False)
    assert _texts(store) == []


def test_forgotten(store: FeedbackStore, ask: Callable[..., int], clock: FakeClock) -> None:
    """Everything in the end; what nothing speaks against much sooner."""
    ask("jelas")
    ask("ragu", ReviewReason.DOUBTFUL)
    middle = clock.time + timedelta(days=2)
    clock.forward(timedelta(days=4))
    ask("jelas juga")
    assert store.forget(clock.time - FAR, middle) == 1
    assert _texts(store) == ["ragu"]
    assert store.forget(middle, middle) == 1
    assert store.forget(clock.time + FAR, clock.time - FAR) == 1
    assert _texts(store) == []
