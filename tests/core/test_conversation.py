"""Who has a conversation: the table of statuses, and what no sequence of events may do."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.answer import Bubble, Button
from bot.core.conversation import Event, NotAllowed, Status, advance, event_of, status_timeout
from bot.core.customer import Customer, Identity
from bot.core.effects import CaseFile, OpenCase, OpenTicket, TicketDraft
from bot.core.routing import HandoffTarget, Route

QUEUE_PATIENCE = timedelta(minutes=5)
# As people read it: a row is a status, a column an event, a dot can't happen.
TABLE = """
            say          offer    queue   leave  accept     transfer     return  ticket    end     timeout
bot         bot          offered  queued  .      .          .            .       ticketed  closed  closed
offered     bot          offered  queued  .      .          .            .       ticketed  closed  bot
queued      queued       queued   queued  bot    connected  .            .       queued    closed  queued
connected   connected    .        .       .      .          transferred  bot     ticketed  closed  bot
transferred transferred  .        queued  bot    connected  .            .       ticketed  closed  queued
ticketed    bot          offered  queued  .      .          .            .       ticketed  closed  closed
closed      .            .        .       .      .          .            .       .         .       .
"""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
EXPECTED = {(row[0], event): after for row in ROWS for event, after in zip(HEAD, row[1:], strict=True)}


@pytest.mark.parametrize(("status", "event"), list(product(Status, Event)), ids=lambda value: value.value)
def test_the_whole_table(status: Status, event: Event) -> None:
    """Each event in each status; what can't happen says so."""
    after = EXPECTED[status.value, event.value]
    if after == ".":
        with pytest.raises(NotAllowed, match=f"{event.value} can't happen in {status.value}"):
            advance(status, event)
    else:
        assert advance(status, event) is Status(after)


@pytest.mark.parametrize("status", Status, ids=lambda status: status.value)
def test_nobody_is_stuck(status: Status) -> None:
    """A conversation is over, or it can end, and rests for a while only."""
    if status is Status.CLOSED:
        assert status_timeout(status, QUEUE_PATIENCE) is None
    else:
        assert advance(status, Event.END) is Status.CLOSED
        assert timedelta() < (status_timeout(status, QUEUE_PATIENCE) or timedelta())


def test_the_patience_of_the_queue_is_a_setting() -> None:
    """And moves no other."""
    short, long = ({s: status_timeout(s, wait) for s in Status} for wait in (timedelta(seconds=1), timedelta(hours=1)))
    assert {status for status in Status if short[status] != long[status]} == {Status.QUEUED}


@given(st.sampled_from(Status), st.lists(st.sampled_from(Event)))
def test_whatever_happens(status: Status, events: list[Event]) -> None:
    """It always has one of the statuses, what is closed stays closed, and time passes everywhere else."""
    for event in events:
        try:
            after = advance(status, event)
        except NotAllowed:
            assert event not in (Event.END, Event.TIMEOUT) or status is Status.CLOSED
            after = status
        assert isinstance(after, Status)
        assert status is not Status.CLOSED or after is Status.CLOSED
        status = after


@given(st.sampled_from([status for status in Status if status is not Status.CLOSED]))
def test_silence_ends_in_closed_or_in_the_queue(status: Status) -> None:
    """Left alone, a conversation comes to rest: over, or with a place that a human will call up."""
    for _ in Status:
        if status is not Status.CLOSED:
            status = advance(status, Event.TIMEOUT)
    assert status in (Status.CLOSED, Status.QUEUED)


TALK = Button("Bicara dengan orang", "/talk_to_human")
OTHER = Button("Nomor telepon", "/phone_access")
ROUTE = Route(HandoffTarget.AGENT_QUEUE, "tier1", 1)
CASE = OpenCase(CaseFile("c", "?", (), "id", "", None, None, Identity("u", Customer()), ROUTE))
TICKET = OpenTicket(TicketDraft("k", "c", "Audio", "Putus-putus", "ada@example.com", "p3", "id", None, {}))


@pytest.mark.parametrize(
    ("bubbles", "event"),
    [
        ([], None), ([Bubble("Halo", (OTHER,)), Bubble("?", card={"type": "phone"})], None),
        ([Bubble("Mau saya sambungkan?", (OTHER, TALK))], Event.OFFER),
        ([Bubble("Antrean", (TALK,)), Bubble("", effect=CASE)], Event.QUEUE),
        ([Bubble("Tiket", (TALK,), effect=TICKET)], Event.TICKET),
        ([Bubble("Formulir", card={"type": "ticket_form"})], None)])
def test_what_a_reply_did(bubbles: list[Bubble], event: Event | None) -> None:
    """A place or a ticket counts more than an offer beside it."""
    assert event_of(bubbles) is event
