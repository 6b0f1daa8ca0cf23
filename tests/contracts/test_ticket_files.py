"""What every ticket desk must do with files on replies: a real Request Tracker, and a fake Zendesk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from desks.ticket_driver import File, TicketDriver, hand_over, once, read, run

from bot.core.errors import DeskUnavailable
from bot.ports import ReplyFile, Ticket, TicketReply

LIMIT = 100_000
PDF: File = ("panduan.pdf", b"%PDF-1.4\n" + bytes(range(256)) * 100)
PNG: File = ("layar 2.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


def fetched(people: TicketDriver, *replies: TicketReply, limit: int = LIMIT) -> list[tuple[str, bytes | None]]:
    """The files of replies as the visitor gets them."""
    files = [file for reply in replies for file in reply.files]
    contents = run(people, *(lambda file=file: people.desk.fetch(file, limit) for file in files))
    return [(file.name, content) for file, content in zip(files, contents, strict=True)]


def test_files_come_with_their_reply(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """Byte by byte and in order; also without a word. Each has an id of its own."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Ini panduannya", PDF, PNG)
    answering.reply(ref, "", ("kedua.pdf", b"%PDF-1.4\nlagi"))
    replies, cursor, _ = read(answering, ref)
    assert [reply.text for reply in replies] == ["Ini panduannya", ""]
    assert fetched(answering, *replies) == [PDF, PNG, ("kedua.pdf", b"%PDF-1.4\nlagi")]
    assert len({file.id for reply in replies for file in reply.files}) == 3
    assert [file.size for file in replies[0].files] == [len(PDF[1]), len(PNG[1])]
    assert read(answering, ref, cursor)[0] == []
    assert read(answering, ref)[0] == replies


def test_no_file_leaks(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """Of internal notes and of what the visitor wrote: none of it comes back."""
    [ref] = hand_over(answering, ticket())
    answering.note(ref, "Jangan bilang siapa-siapa", PDF)
    answering.note(ref, "", PDF)
    answering.visitor_writes(ref, "Masih putus", PDF)
    answering.reply(ref, "Kami periksa")
    [reply] = read(answering, ref)[0]
    assert (reply.text, reply.files) == ("Kami periksa", ())


def test_a_logo_is_no_file(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """What stands in a text, as the picture below a mail, and what signs it, stay there."""
    [ref] = hand_over(answering, ticket())
    answering.reply_with_logo(ref, "Salam, Budi", ("logo.png", PNG[1]), PDF)
    answering.reply_with_logo(ref, "Lagi", ("logo.png", PNG[1]))
    replies, _, _ = read(answering, ref)
    assert [reply.text for reply in replies] == ["Salam, Budi", "Lagi"]
    assert fetched(answering, *replies) == [PDF]


def test_too_large(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """Never more than a byte above the limit is held, and its size is told."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Besar", ("besar.pdf", b"%PDF-1.4\n" + b"x" * 400_000))
    [reply] = read(answering, ref)[0]
    assert reply.files[0].size > LIMIT
    [(_, content)] = fetched(answering, reply)
    assert content is None or len(content) <= LIMIT + 1
    [(_, content)] = fetched(answering, reply, limit=300_000)
    assert content is not None and len(content) == 300_001


def test_gone(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """Deleted there: it is told of no more, or as gone, and never as busy for ever. The words stay."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Ini panduannya", PDF)
    answering.lose_files()
    [reply] = read(answering, ref)[0]
    assert {content for _, content in fetched(answering, reply)} <= {None}
    assert reply.text == "Ini panduannya"


def test_not_now(answering: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """A failure of the server is no loss: it is asked for again."""
    [ref] = hand_over(answering, ticket())
    answering.reply(ref, "Ini panduannya", PDF)
    [reply] = read(answering, ref)[0]
    answering.way.unread = [answering.file_path]
    with pytest.raises(DeskUnavailable):
        _fetch_once(answering, reply.files[0])
    assert fetched(answering, reply) == [PDF]


def _fetch_once(people: TicketDriver, file: ReplyFile) -> bytes | None:
    return asyncio.run(once(people, people.desk.fetch(file, LIMIT)))  # type: ignore[no-any-return]
