"""What a case does when its conversation moves on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.case import CaseState, CaseTransition, Outcome, case_transition
from bot.core.conversation import Agent, Change, Conversation, Event, Status, advance

SARI = Agent("a_sari", "Sari")
# Status and event, then the case's state and how it ended; what is not here moves no case.
MOVES = {
    "queued accept": (CaseState.TAKEN, None), "queued leave": (CaseState.CLOSED, Outcome.LEFT),
    "queued end": (CaseState.CLOSED, Outcome.ABANDONED), "connected transfer": (CaseState.QUEUED, None),
    "connected return": (CaseState.CLOSED, Outcome.RETURNED), "connected ticket": (CaseState.CLOSED, Outcome.TICKETED),
    "connected end": (CaseState.CLOSED, Outcome.ENDED), "connected timeout": (CaseState.CLOSED, Outcome.SILENT),
    "transferred accept": (CaseState.TAKEN, None), "transferred leave": (CaseState.CLOSED, Outcome.LEFT),
    "transferred ticket": (CaseState.CLOSED, Outcome.TICKETED),
    "transferred end": (CaseState.CLOSED, Outcome.ABANDONED)}


def _every_move() -> list[tuple[Status, Event, Status]]:
    moves = []
    for status in Status:
        for event in Event:
            try:
                moves.append((status, event, advance(status, event)))
            except Exception:
                continue
    return moves


@pytest.mark.parametrize(("status", "event", "after"), _every_move(), ids=lambda value: value.value)
def test_every_move_of_a_conversation(status: Status, event: Event, after: Status) -> None:
    """A case is queued, taken or closed exactly when its conversation says so."""
    conversation = Conversation("c", status, "id", None, agent=SARI if status is Status.CONNECTED else None)
    wanted = MOVES.get(f"{status.value} {event.value}")
    assert case_transition(conversation, replace(conversation, status=after), Change("c", event=event)) == (
        wanted and CaseTransition(*wanted))


@pytest.mark.parametrize("reason", [Outcome.SOLVED, Outcome.UNSOLVED, Outcome.SPAM, Outcome.DUPLICATE])
def test_an_agents_reason(reason: Outcome) -> None:
    """Who closes says why."""
    conversation = Conversation("c", Status.CONNECTED, "id", None, agent=SARI)
    change = Change("c", event=Event.END, by=SARI, outcome=reason.value)
    assert case_transition(conversation, replace(conversation, status=Status.CLOSED), change) == CaseTransition(
        CaseState.CLOSED, reason)
