"""A case: one hand-off of a conversation to people, from the queue to its end, with the clocks that its plan starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.core.conversation import IN_QUEUE, WITH_PEOPLE, Change, Conversation, Event, Status


class CaseState(str, Enum):
    """Where a case is."""

    QUEUED = "queued"
    TAKEN = "taken"
    CLOSED = "closed"


class Outcome(str, Enum):
    """How a case ended. `SOLVED`, `UNSOLVED`, `SPAM` and `DUPLICATE` are an agent's word."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    SPAM = "spam"
    DUPLICATE = "duplicate"
    RETURNED = "returned"
    TICKETED = "ticketed"
    LEFT = "left"
    ABANDONED = "abandoned"
    ENDED = "ended"
    SILENT = "silent"


# The reasons that an agent chooses from when they close.
REASONS = (Outcome.SOLVED, Outcome.UNSOLVED, Outcome.DUPLICATE, Outcome.SPAM)
_ENDS = {Event.RETURN: Outcome.RETURNED, Event.TICKET: Outcome.TICKETED, Event.LEAVE: Outcome.LEFT}


@dataclass(frozen=True)
class SlaTargets:
    """What the plan and the priority promise, from the moment a case is opened; `None` where nothing is promised.
    `escalates`: late, it goes to the next tier by itself, and the technical account manager is told."""

    first_response_within: timedelta | None = None
    resolution_within: timedelta | None = None
    escalates: bool = False


@dataclass(frozen=True)
class WaitRange:
    """How long it will probably take until an agent comes: in eight of ten cases between `low` and `high` seconds."""

    low: int
    high: int


@dataclass(frozen=True)
class CaseTransition:
    """What a change of its conversation does to the open case: the new state, and how it ended."""

    state: CaseState
    outcome: Outcome | None = None


def case_transition(before: Conversation, after: Conversation, change: Change) -> CaseTransition | None:
    """What the case of a conversation does when `change` has made `before` into `after`; `None` when nothing."""
    if after.status is Status.CONNECTED:
        return CaseTransition(CaseState.TAKEN) if before.status is not Status.CONNECTED else None
    if before.status is Status.CONNECTED and after.status in IN_QUEUE:
        return CaseTransition(CaseState.QUEUED)
    # A case may be there a moment before its conversation is told so.
    had_case = before.status in WITH_PEOPLE or after.status is Status.CLOSED
    if not had_case or after.status in (*IN_QUEUE, before.status):
        return None
    if change.outcome:
        return CaseTransition(CaseState.CLOSED, Outcome(change.outcome))
    event = change.event or Event.END
    if event in (Event.END, Event.TIMEOUT):
        had_agent = before.status is Status.CONNECTED
        silent = Outcome.SILENT if event is Event.TIMEOUT else Outcome.ENDED
        return CaseTransition(CaseState.CLOSED, silent if had_agent else Outcome.ABANDONED)
    return CaseTransition(CaseState.CLOSED, _ENDS[event])


@dataclass(frozen=True)
class SlaClocks:
    """When a case must have its first response and be restored (UTC), when they happened, and which of the steps
    `warned`, `late`, `escalated`, `restore_warned`, `restore_late` were taken."""

    first_response_due_at: datetime | None = None
    resolution_due_at: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    escalates: bool = False
    taken: tuple[str, ...] = ()
