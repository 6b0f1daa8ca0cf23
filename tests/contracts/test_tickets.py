"""What every ticket desk must do, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from bot.core.errors import TooManyTickets
from bot.ports import TicketDraft, Tickets
from bot.ports.tickets import MOST_A_DAY

DraftMaker = Callable[..., TicketDraft]
THREADS = 8


def test_the_same_key_gets_the_same_number(tickets: Tickets, draft: DraftMaker) -> None:
    """A retry stores nothing twice, even when its text differs."""
    number = tickets.open_ticket(draft("c-1:m-1"))
    assert number
    assert tickets.open_ticket(draft("c-1:m-1")) == number
    assert tickets.open_ticket(draft("c-1:m-1", subject="Video")) == number


def test_another_key_gets_another_number(tickets: Tickets, draft: DraftMaker) -> None:
    """Two tickets of one conversation, word for word the same, stay two tickets."""
    assert tickets.open_ticket(draft("c-1:m-1")) != tickets.open_ticket(draft("c-1:m-2"))


def test_a_burst_ends(tickets: Tickets, draft: DraftMaker) -> None:
    """A conversation has its share of a day, also of several at the same moment; those that are stored keep their
    numbers, an agent's and other conversations' are stored."""

    def try_one(number: int) -> str | None:
        try:
            return tickets.open_ticket(draft(f"c-1:m-{number}"))
        except TooManyTickets:
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        numbers = list(pool.map(try_one, range(15)))
    assert len([number for number in numbers if number]) == MOST_A_DAY
    assert [try_one(number) for number in range(15)] == numbers
    assert tickets.open_ticket(draft("c-1:m-99"), bounded=False)
    assert tickets.open_ticket(draft("c-2:m-1", conversation_id="c-2"))


def test_an_anonymous_visitor_can_file(tickets: Tickets, draft: DraftMaker) -> None:
    """The form is open to those without an identity."""
    assert tickets.open_ticket(draft("c-1:m-1", identity=None))


def test_simultaneous_retries_make_one_ticket(tickets: Tickets, draft: DraftMaker) -> None:
    """One key, one ticket, whatever the threads do."""
    with ThreadPoolExecutor(THREADS) as pool:
        numbers = list(pool.map(tickets.open_ticket, [draft("c-1:m-1")] * THREADS))
    assert len(set(numbers)) == 1


def test_simultaneous_tickets_all_get_a_number(tickets: Tickets, draft: DraftMaker) -> None:
    """Nobody is lost, and nobody shares a number."""
    drafts = [draft(f"c-{number}:m-1", conversation_id=f"c-{number}") for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        numbers = list(pool.map(tickets.open_ticket, drafts))
    assert len(set(numbers)) == THREADS
    assert [tickets.open_ticket(one) for one in drafts] == numbers


def test_on_its_way_to_a_desk(tickets: Tickets, draft: DraftMaker) -> None:
    """First it has no name there, then its replies are followed, then it is over."""
    one, two = (tickets.open_ticket(draft(f"c-1:m-{number}")) for number in (1, 2))
    assert [ticket.number for ticket in tickets.unsent()] == [one, two]
    assert tickets.followed() == []
    tickets.sent(one, "41")
    assert [ticket.number for ticket in tickets.unsent()] == [two]
    tickets.save_reply_cursor(one, "7")
    [followed] = tickets.followed()
    assert (followed.number, followed.ref, followed.cursor) == (one, "41", "7")
    assert followed.draft == draft("c-1:m-1")
    tickets.save_reply_cursor(one, "8", is_over=True)
    assert tickets.followed() == []
    assert [ticket.number for ticket in tickets.unsent()] == [two]


def test_a_ticket_without_an_identity_stays_so(tickets: Tickets, draft: DraftMaker) -> None:
    """What comes back is what was stored."""
    tickets.open_ticket(draft("c-1:m-1", identity=None, subject="😀 \"שלום\""))
    assert tickets.unsent()[0].draft == draft("c-1:m-1", identity=None, subject="😀 \"שלום\"")


def test_the_mark(tickets: Tickets, draft: DraftMaker) -> None:
    """It names the ticket, and differs where another database has given the same number to another ticket."""
    number = tickets.open_ticket(draft("c-1:m-1"))
    [ticket] = tickets.unsent()
    assert ticket.mark.startswith(f"{number} ")
    assert ticket.mark != replace(ticket, draft=draft("c-2:m-1")).mark


def test_earlier_tickets(tickets: Tickets, draft: DraftMaker) -> None:
    """Those of the same address, however spelled, and of the same conversation; those before a time don't count."""
    for key, changes in {
        "m-1": {"email": "Ada@Example.com", "conversation_id": "c-2"},
        "m-2": {"email": "eve@example.com", "conversation_id": "c-1"},
        "m-3": {"email": "eve@example.com", "conversation_id": "c-3"}, "m-4": {}, "m-5": {},
    }.items():
        tickets.open_ticket(draft(key, **changes))
    fourth = tickets.unsent()[3]
    day = timedelta(days=1)
    assert tickets.earlier(fourth, fourth.created_at - day) == 2
    assert tickets.earlier(fourth, fourth.created_at + day) == 0
