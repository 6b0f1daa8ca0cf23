"""The texts to visitors and account managers when a response is late."""

from __future__ import annotations

from datetime import timedelta

from bot.core.customer import Identity
from bot.core.sla import LATE
from bot.ports import Case
from bot.services.wording import Words


def step_text(step: str, case: Case, words: Words, *, reminded: bool) -> str:
    """The text of an SLA step to the visitor: the response is late, or the case went to the next tier. `reminded`: an
    agent was alerted, and the text says so."""
    if step != LATE:
        return words.phrase("event_escalated")
    assert case.clocks.first_response_due_at is not None, "only a promise runs late"
    promised = case.clocks.first_response_due_at - case.created_at
    key = "event_late" if reminded else "event_late_alone"
    return words.phrase(key, hours=words.hours(round(promised / timedelta(hours=1))))


def alarm_text(case: Case, identity: Identity | None, words: Words) -> str:
    """The text of a late response to the customer's technical account manager; the time is in UTC."""
    assert case.clocks.first_response_due_at is not None, "only a promise runs late"
    who = (identity.name or identity.subject) if identity else words.phrase("anonymous")
    priority = case.priority.upper() if case.priority else words.phrase("manager_no_priority")
    time = words.moment(case.clocks.first_response_due_at, "UTC", named=True)
    return words.phrase("manager_late", who=who, case=case.number, priority=priority, time=time, tier=str(case.tier))
