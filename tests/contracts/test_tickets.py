"""What every ticket desk must do, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.ports import TicketDraft, Tickets

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
    drafts = [draft(f"c-{number}:m-1") for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        numbers = list(pool.map(tickets.open_ticket, drafts))
    assert len(set(numbers)) == THREADS
    assert [tickets.open_ticket(one) for one in drafts] == numbers
