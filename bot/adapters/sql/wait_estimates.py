"""Estimates the wait for an agent from the cases in SQL. `bot.core.wait_estimate` holds the statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.adapters.sql.staffing import staff
from bot.adapters.sql.tables import cases, conversations
from bot.core.case import CaseState, WaitRange
from bot.core.hours import Hours
from bot.core.sla import ESCALATED
from bot.core.wait_estimate import WaitEstimate, WaitHistory, estimate_wait

# How many of the newest cases of a tier are its history, and how long the history is cached.
HISTORY = 600
FRESH = timedelta(seconds=10)
_COLUMNS = (
    cases.c.created_at, cases.c.taken_at, cases.c.closed_at, cases.c.state, cases.c.entered_at_position,
    cases.c.agent_was_free, cases.c.guess_seconds, cases.c.told_low, cases.c.told_high, cases.c.steps_done,
)
# A case of the REST channel has no conversation in the log; no agent can take it.
_IN_THE_LOG = select(conversations.c.id).where(conversations.c.id == cases.c.conversation).exists()


@dataclass(frozen=True)
class ExpectedWait:
    """The expected wait at a place in the queue."""

    position: int  # from 1
    free: bool  # True: an agent can take the case now
    guess: float | None  # seconds
    wait: WaitRange | None  # the range that the visitor is told

    def columns(self) -> dict[str, Any]:
        """The columns in which a case stores it."""
        return {
            "entered_at_position": self.position, "agent_was_free": self.free, "guess_seconds": self.guess,
            "told_low": self.wait.low if self.wait else None, "told_high": self.wait.high if self.wait else None}


class WaitEstimates:
    """The expected waits of each tier, from a history that is cached for `FRESH`."""

    def __init__(self, hours: Hours, now: Callable[[], datetime]) -> None:
        self._hours = hours
        self._now = now
        self._known: dict[int, tuple[datetime, WaitEstimate | None]] = {}

    def expected(self, connection: Connection, tier: int, language: str) -> Callable[[int], ExpectedWait]:
        """A function from the position to the wait expected now; it estimates none while no agent is online."""
        now = self._now()
        there = staff(connection, tier, language, now)
        is_empty = there.online == 0 or not self._hours.is_open(now)
        seen = None if is_empty else self._outlook(connection, tier, now)

        def of(position: int) -> ExpectedWait:
            free = there.free >= position
            guess, wait = (seen.guess(position, free), seen.wait(position, free)) if seen else (None, None)
            return ExpectedWait(position, free, guess, wait)

        return of

    def _outlook(self, connection: Connection, tier: int, now: datetime) -> WaitEstimate | None:
        at, known = self._known.get(tier, (None, None))
        if at is None or not at <= now < at + FRESH:
            known = estimate_wait(history(connection, tier), now.timestamp())
            self._known[tier] = now, known
        return known


def history(connection: Connection, tier: int) -> list[WaitHistory]:
    """The newest cases that were opened in a tier and not escalated from it."""
    opened_here = cases.c.file["route"].as_string() == f"agent_queue_tier{tier}"
    newest = select(*_COLUMNS).where(opened_here, _IN_THE_LOG).order_by(cases.c.id.desc()).limit(HISTORY)
    return [_past(row) for row in connection.execute(newest).mappings() if ESCALATED not in row["steps_done"]]


def _past(row: Any) -> WaitHistory:
    opened, taken, closed = (_seconds(row[name]) for name in ("created_at", "taken_at", "closed_at"))
    assert opened is not None, "a case is opened once"
    told = None if row["told_low"] is None else WaitRange(row["told_low"], row["told_high"])
    return WaitHistory(
        opened, row["entered_at_position"] or 1, bool(row["agent_was_free"]), taken, closed if taken is None else None,
        closed, row["state"] == CaseState.TAKEN.value, row["guess_seconds"], told)


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
