"""What every ticket desk must do: a mailbox over a real mail server, a real Request Tracker, and a fake Zendesk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from desks.mail_server import Mailbox
from desks.rt import MISSING, FlakyWay, Rt, is_installed
from desks.ticket_desks import SUPPORT, AtMailbox, AtRt, AtZendesk, People
from desks.zendesk_tickets import ZendeskServer

from bot.core.errors import DeskUnavailable, WebhookRefused
from bot.ports import Papers, Receipt, Ticket, TicketDraft, TicketReply

DraftMaker = Callable[..., TicketDraft]
MOST_TRIES = 8
RECEIPT = Receipt("Sudah kami terima", "Halo,\n\nP2.")
PAPERS = Papers("Tiket: KLT-000001", "Anda: Suaranya putus 😀", None, True, RECEIPT)


@pytest.fixture(scope="session")
def rt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rt]:
    """A real Request Tracker."""
    if not is_installed():
        pytest.skip(MISSING)
    server = Rt(tmp_path_factory.mktemp("rt") / "rt", FlakyWay("").port)
    yield server
    server.stop()


@pytest.fixture(params=["mail", "rt", "zendesk"])
def people(request: pytest.FixtureRequest) -> Iterator[People]:
    """Those who work at each desk, which is there."""
    server: Any
    if request.param == "mail":
        server = Mailbox()
        at: Any = AtMailbox(server)
    elif request.param == "rt":
        real: Rt = request.getfixturevalue("rt")
        server = FlakyWay(real.url)
        at = AtRt(real, server)
    else:
        server = ZendeskServer()
        at = AtZendesk(server)
    server.start()
    yield at
    server.stop()


@pytest.fixture
def answering(people: People) -> People:
    """Those of whose answers the desk can tell."""
    if isinstance(people, AtMailbox):
        pytest.skip("a mailbox tells of no replies")
    return people


@pytest.fixture
def ticket(draft: DraftMaker) -> Callable[..., Ticket]:
    """Makes a ticket of a number; its key is another one in each test, as in a database of its own."""
    key = f"{datetime.now(timezone.utc).timestamp()}"

    def make(number: int = 1, *, again: str = "", **changes: Any) -> Ticket:
        made = draft(f"{key}:{number}:{again}", **changes)
        return Ticket(f"KLT-{number:06d}", made, datetime.now(timezone.utc))

    return make


def run(people: People, *steps: Callable[[], Any]) -> list[Any]:
    """What comes of asking the desk, each step until it is there."""

    async def main() -> list[Any]:
        try:
            return [await surely(step) for step in steps]
        finally:
            await people.desk.aclose()

    return asyncio.run(main())


async def surely(step: Callable[[], Any]) -> Any:
    """Ask again, as the worker does, until the desk has answered."""
    for _ in range(MOST_TRIES):
        try:
            return await step()
        except DeskUnavailable as error:
            await asyncio.sleep(min(error.retry_after or 0.05, 1))
    raise AssertionError("the desk never answered")


def hand_over(people: People, *tickets: Ticket, papers: Papers = PAPERS) -> list[str]:
    """Their names at the desk."""
    refs: list[str] = run(people, *(lambda one=one: people.desk.open_ticket(one, papers) for one in tickets))
    return refs


def read(people: People, ref: str, cursor: str | None = None) -> tuple[list[TicketReply], str | None, bool]:
    """The replies since `cursor`."""
    [found] = run(people, lambda: people.desk.replies(ref, cursor))
    return found  # type: ignore[no-any-return]


def test_a_ticket_with_its_papers(people: People, ticket: Callable[..., Ticket]) -> None:
    """What was typed, the file and the transcript; the visitor is written to."""
    [ref] = hand_over(people, ticket(7))
    [seen] = people.tickets()
    assert seen.ref == ref
    assert "KLT-000007" in seen.subject and seen.subject.endswith("Audio")
    assert "Suaranya <b>putus</b>" in seen.text
    assert "Tiket: KLT-000001" in seen.papers and "Anda: Suaranya putus 😀" in seen.papers
    assert seen.writes_to == ("ada@example.com",)


def test_handed_over_again(people: People, ticket: Callable[..., Ticket]) -> None:
    """The same name, and nothing is there twice."""
    one = ticket()
    first, second, other = hand_over(people, one, one, ticket(2))
    assert first == second != other
    assert len(people.tickets()) == 2


@pytest.mark.parametrize("faults", [
    ["error"], ["busy"], ["lost"], ["", "error"], ["", "busy"], ["", "lost"], ["lost", "lost"],
    ["error", "lost", "busy", "lost"],
])
def test_whatever_fails(people: People, ticket: Callable[..., Ticket], faults: list[str]) -> None:
    """At any step, before it is done or after: there is one ticket, with its papers, and the visitor is told."""
    people.faults.extend(faults)
    [ref] = hand_over(people, ticket())
    [seen] = people.tickets()
    assert (seen.ref, seen.writes_to, people.faults) == (ref, ("ada@example.com",), [])
    assert seen.papers.count("Suaranya putus 😀") == 1


def test_away_and_back(people: People, ticket: Callable[..., Ticket]) -> None:
    """It says so, and takes the ticket later."""
    people.go()
    with pytest.raises(DeskUnavailable):
        asyncio.run(_once(people, people.desk.open_ticket(ticket(), PAPERS)))
    asyncio.run(_once(people, people.desk.check()))
    people.come()
    hand_over(people, ticket())
    assert len(people.tickets()) == 1


def test_a_number_of_another_database(people: People, ticket: Callable[..., Ticket]) -> None:
    """Two tickets of one number (a copy for tests, a database begun anew) are never taken for one another."""
    one, other = hand_over(people, ticket(), ticket(again="other"))
    assert one != other
    assert len(people.tickets()) == 2


def test_a_subject_that_pretends(people: People, ticket: Callable[..., Ticket]) -> None:
    """Who types another ticket's mark into their subject gets nothing of that ticket."""
    theirs = ticket(2)
    liar = ticket(1, subject=f"[{theirs.mark}] x")
    assert len(set(hand_over(people, liar, theirs))) == 2


@pytest.mark.parametrize("typed", [
    "<script>alert(1)</script> &amp; <b>", "**bold** [x](http://evil.example) `code` # h", "{{ticket.requester.id}}",
    "😀 שלום עולם مرحبا", "{$Ticket->Delete}", "' OR Subject LIKE '%", "a\\b \"c\" 'd'",
])
def test_what_was_typed_stays_text(people: People, ticket: Callable[..., Ticket], typed: str) -> None:
    """In the subject, in the text and in the papers."""
    hand_over(people, ticket(subject=typed, description=f"Satu\n{typed}"), papers=replace(PAPERS, transcript=typed))
    [seen] = people.tickets()
    assert seen.subject.endswith(typed)
    assert typed in seen.text.splitlines()
    assert typed in seen.papers.splitlines()


@pytest.mark.parametrize("typed", [
    "Audio\r\nBcc: eve@example.com", "Audio\nX-Kilat-Ticket: KLT-9", "A\u2028B\x00C\x85D",
])
def test_a_subject_is_one_line(people: People, ticket: Callable[..., Ticket], typed: str) -> None:
    """No header can be smuggled in."""
    hand_over(people, ticket(subject=typed))
    [seen] = people.tickets()
    assert seen.subject.endswith(" ".join(typed.replace("\x00", " ").split()))
    assert seen.writes_to == ("ada@example.com",)


def test_an_address_that_must_not_be_written_to(people: People, ticket: Callable[..., Ticket]) -> None:
    """The ticket is there; nobody gets a mail."""
    hand_over(people, ticket(), papers=replace(PAPERS, may_write=False, receipt=None))
    [seen] = people.tickets()
    assert seen.writes_to == ()


def test_the_most_urgent_is_told_apart(people: People, ticket: Callable[..., Ticket]) -> None:
    """P1 before P2 before P3 before P4."""
    hand_over(people, *(ticket(level, priority=f"p{level}") for level in (1, 2, 3, 4)),
              papers=replace(PAPERS, respond_by=datetime.now(timezone.utc) + timedelta(hours=1)))
    urgencies = [seen.urgency for seen in sorted(people.tickets(), key=lambda seen: seen.subject)]
    assert urgencies == sorted(set(urgencies), reverse=True)


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
        asyncio.run(_once(answering, answering.desk.replies(ref, None)))
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


def test_webhooks_of_strangers(people: People) -> None:
    """Nobody but the desk makes Kilat look."""
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer wrong"},
                    {"x-zendesk-webhook-signature": "", "x-zendesk-webhook-signature-timestamp": ""}):
        with pytest.raises(WebhookRefused):
            people.desk.heard(headers, b"{}")


def test_a_mailbox_tells_of_no_replies(ticket: Callable[..., Ticket]) -> None:
    """So it is over as soon as it is sent."""
    box = Mailbox()
    assert read(AtMailbox(box), "<KLT-000001@kilat.test>") == ([], None, True)  # type: ignore[arg-type]
    assert box.to(SUPPORT) == []


async def _once(people: People, step: Any) -> Any:
    try:
        return await step
    finally:
        await people.desk.aclose()
