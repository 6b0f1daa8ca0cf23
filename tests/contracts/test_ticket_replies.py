"""What every ticket desk must do with the replies of people there: those of whose answers it can tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from desks.mail_server import Mailbox
from desks.rt import Rt
from desks.ticket_desks import SUPPORT, AtMailbox, People, hand_over, once, read

from bot.core.errors import DeskUnavailable
from bot.ports import Ticket


def test_replies_come_once_and_in_order(answering: People, ticket: Callable[..., Ticket]) -> None:
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
def test_an_older_place(answering: People, ticket: Callable[..., Ticket], place: str) -> None:
    """From an older cursor, as after a backup was restored, or from one that is gone: all since then is told again, by
    the same ids, and none is left out."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Satu")
    first, cursor, _ = read(answering, ref)
    answering.reply(ref, "Dua")
    answering.reply(ref, "Tiga")
    since, _, _ = read(answering, ref, cursor)
    again, _, _ = read(answering, ref, {"older": cursor, "unknown": "1", "none": None}[place])
    assert again == (since if place == "older" else [*first, *since])


def test_replies_on_other_tickets(answering: People, ticket: Callable[..., Ticket]) -> None:
    """They go to whom they were meant for, and to nobody else."""
    one, other = hand_over(answering, ticket(1), ticket(2))
    answering.reply(one, "Untuk satu")
    answering.reply(other, "Untuk dua")
    assert [reply.text for reply in read(answering, one)[0]] == ["Untuk satu"]
    assert [reply.text for reply in read(answering, other)[0]] == ["Untuk dua"]


def test_what_is_no_reply(answering: People, ticket: Callable[..., Ticket]) -> None:
    """Internal notes, what the visitor writes, what Kilat itself wrote: none of it comes back."""
    [ref] = hand_over(answering, ticket())
    answering.note(ref, "Jangan bilang siapa-siapa")
    answering.visitor_writes(ref, "Masih putus")
    answering.reply(ref, "Kami periksa")
    answering.note(ref, "Rahasia")
    assert [reply.text for reply in read(answering, ref)[0]] == ["Kami periksa"]


def test_replies_while_the_desk_is_away(answering: People, ticket: Callable[..., Ticket]) -> None:
    """Nothing is lost: the cursor stays where it was."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Satu")
    answering.go()
    with pytest.raises(DeskUnavailable):
        asyncio.run(once(answering, answering.desk.replies(ref, None)))
    answering.come()
    assert [reply.text for reply in read(answering, ref)[0]] == ["Satu"]


def test_over_is_over(answering: People, ticket: Callable[..., Ticket]) -> None:
    """The last reply comes along."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Selesai")
    answering.finish(ref)
    replies, _, is_over = read(answering, ref)
    assert ([reply.text for reply in replies], is_over) == (["Selesai"], True)


def test_a_ticket_that_is_gone(answering: People) -> None:
    """Nothing will come any more."""
    assert read(answering, "987654", "3") == ([], "3", True)


def test_a_mailbox_tells_of_no_replies(ticket: Callable[..., Ticket]) -> None:
    """So it is over as soon as it is sent."""
    box = Mailbox()
    assert read(AtMailbox(box), "<KLT-000001@kilat.test>") == ([], None, True)  # type: ignore[arg-type]
    assert box.to(SUPPORT) == []


@pytest.mark.long
@pytest.mark.parametrize("people", ["rt"], indirect=True)
def test_a_ticket_that_was_merged(rt: Rt, people: People, ticket: Callable[..., Ticket]) -> None:
    """Request Tracker: what is said on the other ticket, before and after, is not for this one's visitor."""
    one, other = hand_over(people, ticket(1), ticket(2, email="eve@example.com"))
    people.reply(one, "Untuk satu")
    people.reply(other, "Untuk dua")
    rt.ask("PUT", f"/ticket/{one}", {"MergeInto": int(other)}, user="root", password="password")
    people.reply(other, "Untuk dua juga")
    replies, _, is_over = read(people, one)
    assert ([reply.text for reply in replies], is_over) == (["Untuk satu"], True)
    assert [reply.text for reply in read(people, other)[0]] == ["Untuk dua", "Untuk dua juga"]


@pytest.mark.long
@pytest.mark.parametrize("people", ["rt"], indirect=True)
def test_a_reply_with_markup(rt: Rt, people: People, ticket: Callable[..., Ticket]) -> None:
    """Request Tracker's own editor writes HTML: the visitor reads text."""
    [ref] = hand_over(people, ticket())
    content = {"Content": "<p>Halo &lt;b&gt; <b>dunia</b></p><script>x</script>", "ContentType": "text/html"}
    rt.ask("POST", f"/ticket/{ref}/correspond", content)
    assert [reply.text for reply in read(people, ref)[0]] == ["Halo <b> dunia"]
