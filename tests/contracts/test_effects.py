"""What a reply opens, it opens in the transaction that stores the reply, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fakes import QUEUE_PATIENCE, FakeClock
from sqlalchemy.engine import Engine

from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.effects import SqlEffects
from bot.adapters.sql.tickets import SqlTickets
from bot.core.answer import Bubble
from bot.core.conversation import Author, Change, Changed, Event, Kind, NewEntry, Status
from bot.core.effects import CaseFile, Effect, OpenCase, OpenTicket, TicketDraft
from bot.core.errors import NoConversation
from bot.ports import QueuePlace
from bot.ports.tickets import MOST_A_DAY


class Desk:
    """A conversation with all that its effects open."""

    def __init__(self, engine: Engine, clock: FakeClock, case_file: Callable[..., CaseFile]) -> None:
        self.cases, self.tickets = SqlCases(engine, clock), SqlTickets(engine)
        effects = SqlEffects(self.cases, self.tickets, _announce)
        self.log = SqlConversations(engine, QUEUE_PATIENCE, clock, effects)
        self.case = OpenCase(case_file("c-1"))

    def say(self, text: str = "halo") -> int:
        """The visitor says something; its seq."""
        entry = NewEntry(Author.VISITOR, Kind.TEXT, {"text": text})
        return self.log.write([Change("c-1", (entry,), Event.SAY)])[0].entries[0].seq

    def answer(self, effect: Effect, seq: int, event: Event) -> Changed:
        """The bot's reply to `seq`."""
        body = {"text": "", "lang": "id", "buttons": [{"title": "Tiket", "payload": "/create_ticket"}]}
        entry = NewEntry(Author.BOT, Kind.TEXT, body, f"re-{seq}", effect)
        return self.log.write([Change("c-1", (entry,), event, answers=seq)])[0]


def _announce(_effect: Effect, result: QueuePlace | str | None) -> Bubble:
    return Bubble(f"{result.case_number} {result.position}" if isinstance(result, QueuePlace) else str(result))


@pytest.fixture
def desk(engine: Engine, clock: FakeClock, case_file: Callable[..., CaseFile]) -> Desk:
    """One conversation, with the bot."""
    return Desk(engine, clock, case_file)


def test_a_case_opens_with_the_reply(desk: Desk) -> None:
    """The entry is completed, and keeps what it had."""
    changed = desk.answer(desk.case, desk.say(), Event.QUEUE)
    (case,) = desk.cases.of_conversation("c-1")
    body = changed.entries[0].body
    assert body["text"] == f"{case.number} 1" and body["lang"] == "id" and body["buttons"]
    assert desk.log.entries("c-1")[-1].body == body
    assert changed.conversation.status is Status.QUEUED and desk.cases.waiting([1]) == [case]


@pytest.mark.parametrize("event", [Event.END, Event.SAY])
def test_a_late_reply_opens_nothing(desk: Desk, event: Event) -> None:
    """The visitor has ended the conversation meanwhile, or was answered already."""
    seq = desk.say()
    answers = seq if event is Event.SAY else None
    desk.log.write([Change("c-1", (NewEntry(Author.SYSTEM, Kind.EVENT, {"text": "…"}),), event, answers=answers)])
    assert not desk.answer(desk.case, seq, Event.QUEUE).is_new
    assert desk.cases.of_conversation("c-1") == []


def test_a_reply_that_is_stored_twice(desk: Desk, draft: Callable[..., TicketDraft]) -> None:
    """It opens one ticket."""
    seq = desk.say()
    first, again = (desk.answer(OpenTicket(draft("k")), seq, Event.TICKET) for _ in range(2))
    (ticket,) = desk.tickets.unsent()
    assert first.entries[0].body["text"] == ticket.number and not again.is_new
    assert first.conversation.status is Status.TICKETED


def test_who_waits_keeps_the_case(desk: Desk) -> None:
    """Asked again, it is the same."""
    desk.answer(desk.case, desk.say(), Event.QUEUE)
    again = desk.answer(desk.case, desk.say(), Event.QUEUE)
    (case,) = desk.cases.of_conversation("c-1")
    assert again.entries[0].body["text"] == f"{case.number} 1"


def test_too_many_tickets(desk: Desk, draft: Callable[..., TicketDraft]) -> None:
    """The next one is refused, and the reply is an offer; an agent's is opened all the same."""
    for number in range(MOST_A_DAY):
        desk.answer(OpenTicket(draft(f"k-{number}")), desk.say(), Event.TICKET)
    refused = desk.answer(OpenTicket(draft("one more")), desk.say(), Event.TICKET)
    assert refused.conversation.status is Status.OFFERED and refused.entries[0].body["text"] == "None"
    opened = desk.answer(OpenTicket(draft("an agent's"), bounded=False), desk.say(), Event.TICKET)
    assert opened.conversation.status is Status.TICKETED and len(desk.tickets.unsent()) == MOST_A_DAY + 1


def test_what_cant_be_stored_opens_nothing(desk: Desk) -> None:
    """A batch fails as one: the case of the first change is gone with it."""
    entry = NewEntry(Author.BOT, Kind.TEXT, {"text": ""}, effect=desk.case)
    with pytest.raises(NoConversation):
        desk.log.write([Change("c-1", (entry,), Event.QUEUE), Change("nobody's", event=Event.SAY)])
    assert desk.cases.of_conversation("c-1") == []


def test_two_in_one_batch(desk: Desk, case_file: Callable[..., CaseFile], clock: FakeClock) -> None:
    """The second stands behind the first."""
    clock.forward(timedelta(seconds=1))
    other = OpenCase(case_file("c-2"))
    entries = [NewEntry(Author.BOT, Kind.TEXT, {"text": ""}, effect=effect) for effect in (desk.case, other)]
    changes = [Change(f"c-{number}", (entry,), Event.QUEUE) for number, entry in enumerate(entries, 1)]
    texts = [changed.entries[0].body["text"] for changed in desk.log.write(changes)]
    assert [text[-1] for text in texts] == ["1", "2"]
