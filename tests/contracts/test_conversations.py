"""What every store of conversations must do: number without gaps, store once, all of a batch or nothing."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from threading import Barrier

import pytest
from fakes import QUEUE_PATIENCE, FakeClock

from bot.core.conversation import Author, Change, Conversation, Event, Kind, NewEntry, Status
from bot.core.customer import Customer, Identity
from bot.ports import Conversations

ADA = Identity("user-1", Customer("premier", "business", "admin", True), "Ada", "ada@example.com")
BUDI = replace(ADA, subject="user-2", name=None)
SECOND = timedelta(seconds=1)


def said(text: str = "Suaranya putus", client_id: str | None = None) -> NewEntry:
    """A visitor's text."""
    return NewEntry(Author.VISITOR, Kind.TEXT, {"text": text}, client_id or str(uuid.uuid4()))


def reply(text: str = "Coba ini") -> NewEntry:
    """A text of the bot."""
    return NewEntry(Author.BOT, Kind.TEXT, {"text": text, "buttons": [{"title": "Ya", "payload": "/affirm"}]})


@pytest.fixture
def ani(conversations: Conversations) -> str:
    """A conversation that has just begun."""
    return conversations.create(Conversation("c_ani", Status.BOT, "id", None), "key-ani").id


@pytest.fixture
def budi(conversations: Conversations) -> str:
    """Another."""
    return conversations.create(Conversation("c_budi", Status.BOT, "en", None), "key-budi").id


def in_status(conversations: Conversations, conversation_id: str, *events: Event) -> Conversation:
    """Let these events happen."""
    return conversations.write([Change(conversation_id, event=event) for event in events])[-1].conversation


def test_a_conversation_comes_back_as_it_was_made(conversations: Conversations, clock: FakeClock) -> None:
    """By its id and by its key, with every field."""
    conversation = Conversation("c_1", Status.BOT, "en", ADA, bot_state={"discussed": {"plan": None}}, context={"url": "https://x/ü"})
    created = conversations.create(conversation, "key-1")
    assert created == replace(conversation, wakes_at=clock() + timedelta(days=30))
    assert conversations.get("c_1") == conversations.find("key-1") == created
    assert conversations.get("c_2") is None
    assert conversations.find("key-2") is None
    assert conversations.entries("c_1") == []


def test_several_browsers_of_a_customer_begin_at_once(conversations: Conversations) -> None:
    """One conversation, which every key opens; another customer's, or nobody's, is none of it."""
    people = [ADA] * 8 + [BUDI] * 8 + [None] * 4
    made = [Conversation(f"c_{number}", Status.BOT, "id", who) for number, who in enumerate(people)]
    start = Barrier(len(made))

    def begin(conversation: Conversation) -> Conversation:
        start.wait()
        return conversations.join_or_create(conversation, f"key of {conversation.id}")

    with ThreadPoolExecutor(len(made)) as pool:
        got = list(pool.map(begin, made))
    assert (
        len({conversation.id for conversation in got[:8]}) == len({conversation.id for conversation in got[8:16]}) == 1)
    assert len({conversation.id for conversation in got}) == 6
    assert [conversations.find(f"key of {conversation.id}") for conversation in made] == got


def test_a_customer_who_has_ended_begins_another(conversations: Conversations) -> None:
    """What is closed is over."""
    first = conversations.join_or_create(Conversation("c_1", Status.BOT, "id", ADA), "key-1")
    in_status(conversations, first.id, Event.END)
    assert conversations.join_or_create(Conversation("c_2", Status.BOT, "id", ADA), "key-2").id == "c_2"


def test_entries_are_numbered_and_come_back(conversations: Conversations, ani: str, clock: FakeClock) -> None:
    """What `write` says is what is read later, whatever people type."""
    texts = ["Halo 🙂", "nol \0 dan \ud800", "", "<b>'; DROP TABLE entry;--</b>", "ﷺ" * 2000]
    first = conversations.write([Change(ani, tuple(said(text) for text in texts))])[0]
    clock.forward(SECOND)
    second = conversations.write([Change(ani, (reply(), reply("Lagi")), answers=5)])[0]
    entries = [*first.entries, *second.entries]
    assert conversations.entries(ani) == entries
    assert [entry.seq for entry in entries] == list(range(1, 8))
    assert [entry.body["text"] for entry in first.entries] == texts
    assert second.entries[0].body == reply().body
    assert {entry.at for entry in first.entries} == {clock() - SECOND}
    assert {entry.at for entry in second.entries} == {clock()}
    assert all(entry.at.tzinfo is timezone.utc for entry in conversations.entries(ani))
    assert conversations.get(ani) == second.conversation
    assert (second.conversation.last_seq, second.conversation.answered) == (7, 5)


def test_the_time_of_any_clock_is_kept_in_utc(conversations: Conversations, ani: str, clock: FakeClock) -> None:
    """A clock of Jakarta tells the same moment, in whole milliseconds."""
    moment = datetime(2026, 11, 23, 3, 31, 5, 123_456, timezone(timedelta(hours=7)))
    clock.time = moment
    conversations.write([Change(ani, (said(),))])
    [entry] = conversations.entries(ani)
    assert entry.at == moment.replace(microsecond=123_000)
    assert entry.at.utcoffset() == timedelta()


def test_a_known_client_id_stores_nothing(conversations: Conversations, ani: str, budi: str) -> None:
    """Sent again: the entry stored first, and nothing else of the change happens. Elsewhere the id is free."""
    first = conversations.write([Change(ani, (said("Halo", "m-1"),), event=Event.OFFER)])[0]
    again = Change(ani, (said("Lain", "m-1"), reply()), event=Event.END, lang="en", bot_state={"n": 1}, identity=ADA)
    result = conversations.write([again])[0]
    assert (result.entries, result.is_new) == (first.entries, False)
    assert result.conversation == conversations.get(ani) == first.conversation
    assert conversations.entries(ani) == list(first.entries)
    assert conversations.write([Change(budi, (said("Halo", "m-1"),))])[0].is_new


def test_the_same_client_id_twice_in_a_batch(conversations: Conversations, ani: str) -> None:
    """In two changes, and in one: the first counts."""
    one, two = conversations.write([Change(ani, (said("Satu", "m-1"),)), Change(ani, (said("Dua", "m-1"),))])
    assert (one.is_new, two.is_new) == (True, False)
    assert one.entries == two.entries
    both = conversations.write([Change(ani, (said("Tiga", "m-2"), reply(), said("Empat", "m-2")))])[0]
    assert [entry.body["text"] for entry in both.entries] == ["Tiga", "Coba ini"]
    assert [entry.seq for entry in conversations.entries(ani)] == [1, 2, 3]


def test_what_was_answered_is_not_answered_again(conversations: Conversations, ani: str) -> None:
    """Two processes ask the bot the same: one reply is stored, and one state."""
    conversations.write([Change(ani, (said(),)), Change(ani, (said(),))])
    late = [Change(ani, (reply(text),), answers=1, bot_state={"by": text}, event=event)
            for text, event in (("a", Event.OFFER), ("b", Event.TICKET))]
    one, two = conversations.write(late)
    assert (one.is_new, two.is_new, two.entries) == (True, False, ())
    assert two.conversation == one.conversation == conversations.get(ani)
    assert (two.conversation.status, two.conversation.bot_state, two.conversation.answered) == (
        Status.OFFERED, {"by": "a"}, 1)
    assert conversations.write([Change(ani, (reply(),), answers=2)])[0].is_new
    assert not conversations.write([Change(ani, (reply(),), answers=1)])[0].is_new
    assert conversations.get(ani).last_seq == 4  # type: ignore[union-attr]


def test_a_change_sets_what_it_names_alone(conversations: Conversations) -> None:
    """`None` means: as it is."""
    ani = conversations.create(Conversation("c_1", Status.BOT, "id", None, context={"url": "https://x/"}), "key").id
    conversations.write([Change(ani, bot_state={"n": 1}, lang="en", identity=ADA)])
    conversation = conversations.write([Change(ani, (said(),))])[0].conversation
    assert (conversation.bot_state, conversation.lang, conversation.identity) == ({"n": 1}, "en", ADA)
    assert conversation.context == {"url": "https://x/"}
    assert conversations.get(ani) == conversation
    assert conversations.write([Change(ani, bot_state={})])[0].conversation.bot_state == {}


def test_read_only_grows(conversations: Conversations, ani: str) -> None:
    """An older tab takes nothing back, and nobody has read what isn't there, whatever a client says."""
    conversations.write([Change(ani, (said(), reply(), reply()))])
    results = [conversations.write([Change(ani, read=seq)])[0] for seq in (2, 1, 2, 10**12)]
    assert [(result.conversation.read, result.is_new) for result in results] == [
        (2, True), (2, False), (2, False), (3, True)]


def test_an_event_that_can_not_happen_keeps_the_status(conversations: Conversations, ani: str) -> None:
    """The rest of the change counts; alone it is nothing new."""
    alone = conversations.write([Change(ani, event=Event.ACCEPT)])[0]
    assert (alone.is_new, alone.conversation.status) == (False, Status.BOT)
    with_entry = conversations.write([Change(ani, (said(),), event=Event.ACCEPT)])[0]
    assert (with_entry.is_new, with_entry.conversation.status, with_entry.conversation.last_seq) == (
        True, Status.BOT, 1)


def test_any_of_several_keys_opens(conversations: Conversations, ani: str, budi: str) -> None:
    """A second browser; the same key again is harmless, another's is refused."""
    for _ in range(2):
        conversations.add_key(ani, "key-2")
    assert conversations.find("key-2") == conversations.find("key-ani") == conversations.get(ani)
    with pytest.raises(KeyError):
        conversations.add_key(ani, "key-budi")
    assert conversations.find("key-budi") == conversations.get(budi)
    with pytest.raises(KeyError):
        conversations.add_key("c_nobody", "key-3")
    assert conversations.find("key-3") is None


def test_a_closed_conversation_is_found_by_its_key(conversations: Conversations, ani: str) -> None:
    """To be read again."""
    closed = in_status(conversations, ani, Event.END)
    assert conversations.find("key-ani") == closed
    assert (closed.status, closed.wakes_at) == (Status.CLOSED, None)


def test_the_latest_of_a_customer(conversations: Conversations, clock: FakeClock) -> None:
    """The newest that is open: theirs from the start, or since they signed in."""
    assert conversations.latest_of("user-1") is None
    for number, identity in enumerate((ADA, ADA, BUDI, None)):
        clock.forward(SECOND)
        conversations.create(Conversation(f"c_{number}", Status.BOT, "id", identity), f"key-{number}")

    def latest(subject: str) -> str | None:
        conversation = conversations.latest_of(subject)
        return conversation and conversation.id

    assert (latest("user-1"), latest("user-2"), latest("user-3")) == ("c_1", "c_2", None)
    conversations.write([Change("c_3", identity=ADA)])
    assert latest("user-1") == "c_3"
    in_status(conversations, "c_3", Event.END)
    assert latest("user-1") == "c_1"
    in_status(conversations, "c_1", Event.END)
    in_status(conversations, "c_0", Event.END)
    assert latest("user-1") is None


def test_pages_of_the_log(conversations: Conversations, ani: str, budi: str) -> None:
    """Forward after a number; backward before one, or from the end."""
    conversations.write([Change(ani, tuple(said(str(n)) for n in range(1, 11))), Change(budi, (said(),))])

    def page(**bounds: int) -> list[int]:
        return [entry.seq for entry in conversations.entries(ani, **bounds)]

    assert page() == list(range(1, 11))
    assert page(limit=3) == [8, 9, 10]
    assert page(after=4, limit=3) == [5, 6, 7]
    assert page(after=4) == [5, 6, 7, 8, 9, 10]
    assert page(before=8, limit=3) == [5, 6, 7]
    assert page(after=2, before=8, limit=3) == [5, 6, 7]
    assert page(after=5, before=8) == [6, 7]
    assert page(after=10) == page(before=1) == []


@pytest.mark.parametrize(
    ("events", "waits"),
    [
        ((), True), ((Event.OFFER,), True), ((Event.QUEUE,), True), ((Event.TICKET,), True),
        ((Event.QUEUE, Event.ACCEPT), False), ((Event.QUEUE, Event.ACCEPT, Event.TRANSFER), False),
        ((Event.END,), False)],
    ids=lambda value: "-".join(event.value for event in value) if isinstance(value, tuple) else "")
def test_who_waits_for_the_bot(conversations: Conversations, ani: str, events: tuple[Event, ...], waits: bool) -> None:
    """Said before or after these events: the bot answers unless a human has the word, or it is over."""
    conversations.write([Change(ani, (said(),)), *(Change(ani, event=event) for event in events)])
    assert conversations.unanswered() == [ani] * waits
    conversations.write([Change(ani, (said(),))])
    assert conversations.unanswered() == [ani] * waits


# What of a visitor's is answered while the bot has the word.
ASKS = (Kind.TEXT, Kind.TICKET, Kind.FILE)


def test_what_needs_no_answer_of_the_bot(conversations: Conversations, ani: str) -> None:
    """Ratings, events, and what others say."""
    entries = [NewEntry(author, kind, {}) for author in Author for kind in Kind]
    asks = [entry for entry in entries if entry.author is Author.VISITOR and entry.kind in ASKS]
    conversations.write([Change(ani, tuple(entry for entry in entries if entry not in asks))])
    assert conversations.unanswered() == []
    for entry in asks:
        conversations.write([Change(ani, (entry,))])
        assert conversations.unanswered() == [ani]
        conversations.write([Change(ani, answers=conversations.entries(ani)[-1].seq)])


def test_answered_and_asked_again(conversations: Conversations, ani: str, budi: str) -> None:
    """A reply to the first of two texts leaves the second waiting."""
    conversations.write([Change(ani, (said(),)), Change(ani, (said(),)), Change(budi, (said(),))])
    conversations.write([Change(ani, (reply(),), answers=1)])
    assert set(conversations.unanswered()) == {ani, budi}
    conversations.write([Change(ani, (reply(),), answers=2), Change(budi, (reply(),), answers=1)])
    assert conversations.unanswered() == []


def test_what_was_said_to_a_human_is_not_answered_later(conversations: Conversations, ani: str) -> None:
    """The agent gives the conversation back: the bot is silent until it is spoken to."""
    in_status(conversations, ani, Event.QUEUE)
    conversations.write([Change(ani, (said("Halo?"),))])
    in_status(conversations, ani, Event.ACCEPT)
    conversations.write([Change(ani, (said("Terima kasih"),), event=Event.SAY)])
    in_status(conversations, ani, Event.RETURN)
    assert conversations.unanswered() == []
    conversations.write([Change(ani, (said("Satu lagi"),), event=Event.SAY)])
    assert conversations.unanswered() == [ani]


def test_a_late_reply_does_not_interrupt_a_human(conversations: Conversations, ani: str) -> None:
    """The bot was asked, an agent was faster: the bot's reply is not stored, nor answered again after the return."""
    in_status(conversations, ani, Event.QUEUE)
    conversations.write([Change(ani, (said(),))])
    in_status(conversations, ani, Event.ACCEPT)
    conversations.write([Change(ani, (said("Terima kasih"),), event=Event.SAY)])
    assert not conversations.write([Change(ani, (reply(),), answers=1)])[0].is_new
    conversation = in_status(conversations, ani, Event.RETURN)
    assert (conversation.last_seq, conversation.answered) == (2, 2)


def test_nobody_takes_a_customers_conversation(conversations: Conversations, ani: str) -> None:
    """The first who signs in owns it; fresh claims of theirs count, another's do not."""
    richer = replace(ADA, customer=replace(ADA.customer, plan="premier_plus"))
    owners = [
        conversations.write([Change(ani, identity=who)])[0].conversation.identity for who in (ADA, BUDI, richer, BUDI)]
    assert owners == [ADA, ADA, richer, richer]
    assert conversations.latest_of("user-2") is None


def test_who_is_due(conversations: Conversations, ani: str, budi: str, clock: FakeClock) -> None:
    """Each step begins the patience anew; the longest due come first."""
    in_status(conversations, ani, Event.OFFER)
    clock.forward(SECOND)
    in_status(conversations, budi, Event.OFFER)
    half_an_hour = clock() + timedelta(minutes=30)
    assert conversations.due(half_an_hour - 2 * SECOND) == []
    assert [conversation.id for conversation in conversations.due(half_an_hour - SECOND)] == [ani]
    assert conversations.due(half_an_hour) == [conversations.get(ani), conversations.get(budi)]
    clock.forward(SECOND)
    conversations.write([Change(ani, (reply(),), event=Event.OFFER)])
    conversations.write([Change(budi, read=1, lang="id")])
    assert [conversation.id for conversation in conversations.due(half_an_hour)] == [budi]


def test_the_queue_counts_from_the_entry_and_tells_once(conversations: Conversations, ani: str,
                                                        clock: FakeClock) -> None:
    """Talk in the queue moves nothing; after the patience ran out, nothing wakes it again."""
    queued = in_status(conversations, ani, Event.QUEUE)
    assert queued.wakes_at == clock() + QUEUE_PATIENCE
    clock.forward(SECOND)
    talked = conversations.write([Change(ani, (said(),), event=Event.SAY), Change(ani, event=Event.QUEUE)])[
        -1
    ].conversation
    assert talked.wakes_at == queued.wakes_at
    clock.forward(QUEUE_PATIENCE)
    timed_out = conversations.write([Change(ani, (reply(),), event=Event.TIMEOUT)])[0]
    assert (timed_out.is_new, timed_out.conversation.status, timed_out.conversation.wakes_at) == (
        True, Status.QUEUED, None)
    assert conversations.write([Change(ani, (said(),), event=Event.SAY)])[0].conversation.wakes_at is None
    assert conversations.due(clock() + timedelta(days=99)) == []
    assert in_status(conversations, ani, Event.ACCEPT).wakes_at == clock() + timedelta(minutes=30)


def test_a_timeout_before_its_time_does_nothing(conversations: Conversations, ani: str, clock: FakeClock) -> None:
    """Two processes find a conversation due, or the visitor comes back meanwhile: it times out once, or not at all."""
    in_status(conversations, ani, Event.QUEUE, Event.ACCEPT)
    timeout = Change(ani, (reply("Kembali ke bot"),), event=Event.TIMEOUT)
    clock.forward(timedelta(minutes=30))
    conversations.write([Change(ani, (said(),), event=Event.SAY)])
    early = conversations.write([timeout])[0]
    assert (early.is_new, early.entries, early.conversation.status) == (False, (), Status.CONNECTED)
    clock.forward(timedelta(minutes=30))
    one, two = conversations.write([timeout])[0], conversations.write([timeout])[0]
    assert (one.is_new, one.conversation.status) == (True, Status.BOT)
    assert (two.is_new, two.conversation.status) == (False, Status.BOT)


def test_no_changes(conversations: Conversations) -> None:
    """An empty batch is harmless."""
    assert conversations.write([]) == []
