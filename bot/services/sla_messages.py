"""What visitors and managers are told when a promise runs late."""

from __future__ import annotations

from datetime import timedelta

from bot.core.customer import Identity
from bot.core.sla import LATE
from bot.ports import Case
from bot.services.wording import Words


def step_text(step: str, case: Case, words: Words, *, reminded: bool) -> str:
    """A step of a case's clock, to its visitor: that the response runs late, or that the case was raised. `reminded`:
    an agent was rung, so it may be said."""
    if step != LATE:
        return words.phrase("event_escalated")
    assert case.clocks.first_response_due_at is not None, "only a promise runs late"
    promised = case.clocks.first_response_due_at - case.created_at
    key = "event_late" if reminded else "event_late_alone"
    return words.phrase(key, hours=words.hours(round(promised / timedelta(hours=1))))


def alarm_text(case: Case, identity: Identity | None, words: Words) -> str:
    """A late response, to the technical account manager of its customer; the time is in UTC."""
    assert case.clocks.first_response_due_at is not None, "only a promise runs late"
    who = (identity.name or identity.subject) if identity else words.phrase("anonymous")
    priority = case.priority.upper() if case.priority else words.phrase("manager_no_priority")
    time = words.moment(case.clocks.first_response_due_at, "UTC", named=True)
    return words.phrase("manager_late", who=who, case=case.number, priority=priority, time=time, tier=str(case.tier))
