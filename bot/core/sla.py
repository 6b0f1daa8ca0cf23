"""The SLA of a case: its targets by plan, and the steps due. Pure; `bot.workers.sla` runs the steps."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.case import SlaClocks
from bot.core.customer import Customer
from bot.core.effects import SlaTargets
from bot.core.entitlement import decide
from bot.core.facts import Facts

WARNED, LATE = "warned", "late"
ESCALATED, TOLD_MANAGER = "escalated", "told_manager"
RESTORE_WARNED, RESTORE_LATE = "restore_warned", "restore_late"
# The steps that alert the agents' console.
ALARM_STEPS = (WARNED, LATE, RESTORE_WARNED, RESTORE_LATE)
# The fraction of the promised time after which agents are warned.
WARN_AT = 0.75
TOP_TIER = 2


def sla_targets(customer: Customer, priority: str | None, facts: Facts) -> SlaTargets:
    """The targets that the plan of a verified `customer` promises for `priority`.

    For an unknown priority (`None`), the longest time of all levels: it holds for each of them.
    """
    if not decide(customer, "priority_response", facts).allowed:
        return SlaTargets()
    levels = [facts.priorities[priority]] if priority else list(facts.priorities.values())
    restore = [level.restoration_hours for level in levels]
    known = [hours for hours in restore if hours is not None]
    return SlaTargets(
        first_response_within=timedelta(hours=max(level.first_response_hours for level in levels)),
        resolution_within=timedelta(hours=max(known)) if len(known) == len(restore) else None,
        escalates=decide(customer, "auto_escalation", facts).allowed,
    )


def due_steps(clocks: SlaClocks, opened_at: datetime, now: datetime) -> tuple[str, ...]:
    """The steps of an open case that are due at `now` and not yet done, in order. All times are UTC."""
    return tuple(name for at, name in _ahead(clocks, opened_at, now) if at <= now)


def next_check(clocks: SlaClocks, opened_at: datetime, now: datetime) -> datetime | None:
    """When the next step after `now` is due (UTC); `None`: no step is left."""
    return min((at for at, _ in _ahead(clocks, opened_at, now) if at > now), default=None)


def _ahead(clocks: SlaClocks, opened_at: datetime, now: datetime) -> list[tuple[datetime, str]]:
    """(time, step) of all steps not yet done. A passed deadline needs no warning."""
    ahead: list[tuple[datetime, str]] = []
    if clocks.first_response_due_at is not None and clocks.first_response_at is None:
        if now < clocks.first_response_due_at:
            ahead.append((_warning(opened_at, clocks.first_response_due_at), WARNED))
        ahead.append((clocks.first_response_due_at, LATE))
        if clocks.escalates:
            ahead += [(clocks.first_response_due_at, ESCALATED), (clocks.first_response_due_at, TOLD_MANAGER)]
    if clocks.resolution_due_at is not None and clocks.resolved_at is None:
        if now < clocks.resolution_due_at:
            ahead.append((_warning(opened_at, clocks.resolution_due_at), RESTORE_WARNED))
        ahead.append((clocks.resolution_due_at, RESTORE_LATE))
    return [(at, name) for at, name in ahead if name not in clocks.taken]


def _warning(opened_at: datetime, promised: datetime) -> datetime:
    return opened_at + (promised - opened_at) * WARN_AT
