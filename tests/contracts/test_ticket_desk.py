"""What every ticket desk must do: a mailbox over a real mail server, a real Request Tracker, and a fake Zendesk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from desks.ticket_driver import PAPERS, TicketDriver, hand_over, once

from bot.core.errors import DeskUnavailable, WebhookRefused
from bot.ports import Ticket


def test_a_ticket_with_its_papers(people: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """What was typed, the file and the transcript; the visitor is written to."""
    [ref] = hand_over(people, ticket(7))
    [seen] = people.tickets()
    assert seen.ref == ref
    assert "KLT-000007" in seen.subject and seen.subject.endswith("Audio")
    assert "Suaranya <b>putus</b>" in seen.text
    assert "Tiket: KLT-000001" in seen.ticket_export and "Anda: Suaranya putus 😀" in seen.ticket_export
    assert seen.writes_to == ("ada@example.com",)


def test_handed_over_again(people: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """The same name, and nothing is there twice."""
    one = ticket()
    first, second, other = hand_over(people, one, one, ticket(2))
    assert first == second != other
    assert len(people.tickets()) == 2


@pytest.mark.parametrize("faults", [
    ["error"], ["busy"], ["lost"], ["", "error"], ["", "busy"], ["", "lost"], ["lost", "lost"],
    ["error", "lost", "busy", "lost"]])
def test_whatever_fails(people: TicketDriver, ticket: Callable[..., Ticket], faults: list[str]) -> None:
    """At any step, before it is done or after: there is one ticket, with its papers, and the visitor is told."""
    people.faults.extend(faults)
    [ref] = hand_over(people, ticket())
    [seen] = people.tickets()
    assert (seen.ref, seen.writes_to) == (ref, ("ada@example.com",))
    # A desk that opens a ticket with one call never meets a fault of the second call.
    assert people.faults == [] or (faults[0] == "" and people.faults == faults[1:])
    assert seen.ticket_export.count("Suaranya putus 😀") == 1


def test_away_and_back(people: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """It says so, and takes the ticket later."""
    people.go()
    with pytest.raises(DeskUnavailable):
        asyncio.run(once(people, people.desk.open_ticket(ticket(), PAPERS)))
    asyncio.run(once(people, people.desk.check()))
    people.come()
    hand_over(people, ticket())
    assert len(people.tickets()) == 1


def test_a_number_of_another_database(people: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """Two tickets of one number (a copy for tests, a database begun anew) are never taken for one another."""
    one, other = hand_over(people, ticket(), ticket(again="other"))
    assert one != other
    assert len(people.tickets()) == 2


def test_a_subject_that_pretends(people: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """Who types another ticket's mark into their subject gets nothing of that ticket."""
    theirs = ticket(2)
    liar = ticket(1, subject=f"[{theirs.mark}] x")
    assert len(set(hand_over(people, liar, theirs))) == 2


@pytest.mark.parametrize("typed", [
    "<script>alert(1)</script> &amp; <b>", "**bold** [x](http://evil.example) `code` # h", "{{ticket.requester.id}}",
    "😀 שלום עולם مرحبا", "{$Ticket->Delete}", "' OR Subject LIKE '%", "a\\b \"c\" 'd'"])
def test_what_was_typed_stays_text(people: TicketDriver, ticket: Callable[..., Ticket], typed: str) -> None:
    """In the subject, in the text and in the papers."""
    hand_over(
        people, ticket(subject=typed, description=f"Satu\n{typed}"), ticket_export=replace(PAPERS, transcript=typed))
    [seen] = people.tickets()
    assert seen.subject.endswith(typed)
    assert typed in seen.text.splitlines()
    assert typed in seen.ticket_export.splitlines()


@pytest.mark.parametrize("typed", [
    "Audio\r\nBcc: eve@example.com", "Audio\nX-Kilat-Ticket: KLT-9", "A\u2028B\x00C\x85D"])
def test_a_subject_is_one_line(people: TicketDriver, ticket: Callable[..., Ticket], typed: str) -> None:
    """No header can be smuggled in."""
    hand_over(people, ticket(subject=typed))
    [seen] = people.tickets()
    assert seen.subject.endswith(" ".join(typed.replace("\x00", " ").split()))
    assert seen.writes_to == ("ada@example.com",)


def test_an_address_that_must_not_be_written_to(people: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """The ticket is there; nobody gets a mail."""
    hand_over(people, ticket(), ticket_export=replace(PAPERS, may_write=False, receipt=None))
    [seen] = people.tickets()
    assert seen.writes_to == ()


def test_the_most_urgent_is_told_apart(people: TicketDriver, ticket: Callable[..., Ticket]) -> None:
    """P1 before P2 before P3 before P4."""
    hand_over(people, *(ticket(level, priority=f"p{level}") for level in (1, 2, 3, 4)),
              ticket_export=replace(PAPERS, first_response_due_at=datetime.now(timezone.utc) + timedelta(hours=1)))
    urgencies = [seen.urgency for seen in sorted(people.tickets(), key=lambda seen: seen.subject)]
    assert urgencies == sorted(set(urgencies), reverse=True)


def test_webhooks_of_strangers(people: TicketDriver) -> None:
    """Nobody but the desk makes Kilat look."""
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer wrong"},
                    {"x-zendesk-webhook-signature": "", "x-zendesk-webhook-signature-timestamp": ""}):
        with pytest.raises(WebhookRefused):
            people.desk.receive_webhook(headers, b"{}")
