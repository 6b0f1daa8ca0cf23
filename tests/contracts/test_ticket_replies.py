"""What every ticket desk must do with the replies of people there: those of whose answers it can tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from desks.ticket_driver import TicketDriver, hand_over, once, read

from bot.core.errors import DeskUnavailable
from bot.ports import Ticket


def test_replies_come_once_and_in_order(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """What staff tell the visitor, from the cursor on; the author's name is for the visitor's eyes."""
    [ref] = hand_over(answering, ticket())
    assert read(answering, ref)[0] == []
    for text in ("Satu 😀", "Dua <b>tebal</b>\n\nbaris", "Tiga"):
        answering.reply(ref, text)
    replies, cursor, is_over = read(answering, ref)
    assert [reply.text for reply in replies] == ["Satu 😀", "Dua <b>tebal</b>\n\nbaris", "Tiga"]
    assert {reply.author for reply in replies} == {"Budi Santoso"}
    assert len({reply.id for reply in replies}) == 3
    assert not is_over
    assert read(answering, ref, cursor)[0] == []
    answering.reply(ref, "Empat")
    replies, cursor, _ = read(answering, ref, cursor)
    assert [reply.text for reply in replies] == ["Empat"]
    assert read(answering, ref)[0][3] == replies[0]


@pytest.mark.parametrize("place", ["older", "unknown", "none"])
def test_an_older_place(answering: TicketDriver, ticket: Callable[..., Ticket], place: str) -> None:
    """From an older cursor (a restored backup's) or one that is gone: all since is told again, by the same ids."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Satu")
    first, cursor, _ = read(answering, ref)
    answering.reply(ref, "Dua")
    answering.reply(ref, "Tiga")
    since, _, _ = read(answering, ref, cursor)
    again, _, _ = read(answering, ref, {"older": cursor, "unknown": "1", "none": None}[place])
    assert again == (since if place == "older" else [*first, *since])


def test_replies_on_other_tickets(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """They go to whom they were meant for, and to nobody else."""
    one, other = hand_over(answering, ticket(1), ticket(2))
    answering.reply(one, "Untuk satu")
    answering.reply(other, "Untuk dua")
    assert [reply.text for reply in read(answering, one)[0]] == ["Untuk satu"]
    assert [reply.text for reply in read(answering, other)[0]] == ["Untuk dua"]


def test_what_is_no_reply(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """Internal notes, what the visitor writes, what Kilat itself wrote: none of it comes back."""
    [ref] = hand_over(answering, ticket())
    answering.note(ref, "Jangan bilang siapa-siapa")
    answering.visitor_writes(ref, "Masih putus")
    answering.reply(ref, "Kami periksa")
    answering.note(ref, "Rahasia")
    assert [reply.text for reply in read(answering, ref)[0]] == ["Kami periksa"]


def test_replies_while_the_desk_is_away(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """Nothing is lost: the cursor stays where it was."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Satu")
    answering.go()
    with pytest.raises(DeskUnavailable):
        asyncio.run(once(answering, answering.desk.replies(ref, None)))
    answering.come()
    assert [reply.text for reply in read(answering, ref)[0]] == ["Satu"]


def test_over_is_over(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """The last reply comes along."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Selesai")
    answering.finish(ref)
    replies, _, is_over = read(answering, ref)
    assert ([reply.text for reply in replies], is_over) == (["Selesai"], True)


def test_a_ticket_that_is_gone(answering: TicketDriver) -> None:
    """Nothing will come any more."""
    assert read(answering, "987654", "3") == ([], "3", True)
