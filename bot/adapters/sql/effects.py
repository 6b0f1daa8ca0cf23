"""Carries out the effects of a change in the transaction that stores it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.engine import Connection

from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.tickets import SqlTickets
from bot.core.answer import Bubble
from bot.core.conversation import Change, Event, NewEntry
from bot.core.effects import Effect, OpenCase
from bot.core.errors import TooManyTickets
from bot.ports import QueuePlace
from bot.services import bot_protocol

# The bubble that tells of an effect; `None` instead of a ticket's number: there were too many.
Announce = Callable[[Effect, QueuePlace | str | None], Bubble]


class SqlEffects:
    """Opens cases and tickets, and completes the entries that tell of them by `announce`."""

    def __init__(self, cases: SqlCases, tickets: SqlTickets, announce: Announce) -> None:
        self._cases = cases
        self._tickets = tickets
        self._announce = announce

    def apply(self, connection: Connection, change: Change) -> Change:
        """`change` after its effects: with the whole text of each entry, and as an offer if a ticket was refused."""
        event, entries = change.event, []
        for entry in change.entries:
            if entry.effect is not None:
                result = self._carry_out(connection, entry.effect)
                if result is None and event is Event.TICKET:
                    event = Event.OFFER
                entry = _completed(entry, self._announce(entry.effect, result))
            entries.append(entry)
        return replace(change, entries=tuple(entries), event=event)

    def _carry_out(self, connection: Connection, effect: Effect) -> QueuePlace | str | None:
        if isinstance(effect, OpenCase):
            return self._cases.open_in(connection, effect.case_file)
        try:
            return self._tickets.open_in(connection, effect.draft, bounded=effect.bounded)
        except TooManyTickets:
            return None


def _completed(entry: NewEntry, bubble: Bubble) -> NewEntry:
    return replace(entry, body={**entry.body, **bot_protocol.bubble_to_json(bubble)}, effect=None)
