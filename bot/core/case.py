"""A case: one hand-off of a conversation to human agents, from the queue to the end, with its SLA clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.core.conversation import IN_QUEUE, WITH_PEOPLE, Change, Conversation, Event, Status


class CaseState(str, Enum):
    """The state of a case."""

    QUEUED = "queued"
    TAKEN = "taken"
    CLOSED = "closed"


class Outcome(str, Enum):
    """How a case ended. An agent chooses `SOLVED`, `UNSOLVED`, `SPAM` or `DUPLICATE`."""

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


# The outcomes that an agent who closes a case chooses from.
REASONS = (Outcome.SOLVED, Outcome.UNSOLVED, Outcome.DUPLICATE, Outcome.SPAM)
_ENDS = {Event.RETURN: Outcome.RETURNED, Event.TICKET: Outcome.TICKETED, Event.LEAVE: Outcome.LEFT}


@dataclass(frozen=True)
class WaitRange:
    """The expected wait for an agent: in eight of ten cases between `low` and `high` seconds."""

    low: int
    high: int


@dataclass(frozen=True)
class CaseTransition:
    """The effect of a conversation's change on the open case."""

    state: CaseState  # the new state
    outcome: Outcome | None = None  # set when `state` is `CLOSED`


def case_transition(before: Conversation, after: Conversation, change: Change) -> CaseTransition | None:
    """The case's transition when `change` turns `before` into `after`; `None`: the case stays as it is."""
    if after.status is Status.CONNECTED:
        return CaseTransition(CaseState.TAKEN) if before.status is not Status.CONNECTED else None
    if before.status is Status.CONNECTED and after.status in IN_QUEUE:
        return CaseTransition(CaseState.QUEUED)
    if before.status not in WITH_PEOPLE or after.status in (*IN_QUEUE, before.status):
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
    """The SLA deadlines of a case, and what has happened of them. Times are UTC."""

    first_response_due_at: datetime | None = None
    resolution_due_at: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    escalates: bool = False
    taken: tuple[str, ...] = ()  # the steps done, by the names of `bot.core.sla`
