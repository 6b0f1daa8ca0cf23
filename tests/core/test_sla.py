"""The clocks of a case: what each plan promises, and what is due when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.case import SlaClocks
from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES, Customer
from bot.core.effects import SlaTargets
from bot.core.facts import Facts
from bot.core.sla import due_steps, next_check, sla_targets

OPENED = datetime(2026, 11, 23, 1, tzinfo=timezone.utc)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
PREMIER = SlaClocks(OPENED + 4 * HOUR, OPENED + 8 * HOUR)
PLUS = replace(PREMIER, escalates=True)


@pytest.mark.parametrize(("plan", "priority", "promised"), [
    ("premier", "p1", (1, 4, False)), ("premier", "p2", (4, 8, False)), ("premier", "p3", (24, None, False)),
    ("premier", "p4", (24, None, False)), ("premier", None, (24, None, False)),
    ("premier_plus", "p1", (1, 4, True)), ("premier_plus", "p2", (4, 8, True)),
    ("premier_plus", None, (24, None, True)),
    ("access", "p1", (None, None, False)), ("access", None, (None, None, False))])
def test_what_plans_promise(facts: Facts, plan: str, priority: str | None,
                            promised: tuple[int | None, int | None, bool]) -> None:
    """The hours of the source, for Premier and Premier+; Premier+ alone escalates; Access has no promise."""
    first, restored = (None if hours is None else hours * HOUR for hours in promised[:2])
    assert sla_targets(Customer(plan, "business", "admin", True), priority, facts) == SlaTargets(
        first, restored, promised[2])


def test_every_customer(facts: Facts) -> None:
    """No plan's promise reaches a free account, whatever it claims; nothing escalates without a promise."""
    for values in product(PLANS, ACCOUNT_TYPES, ROLES, (True, False)):
        customer = Customer(*values)
        for priority in (None, *facts.priorities):
            made = sla_targets(customer, priority, facts)
            paid = customer.account_type != "basic"
            assert (made.first_response_within is not None) is (paid and customer.plan != "access")
            assert made.escalates is (paid and customer.plan == "premier_plus")


@pytest.mark.parametrize(("clocks", "passed", "due"), [
    (PREMIER, 3 * HOUR - SECOND, ()), (PREMIER, 3 * HOUR, ("warned",)), (PREMIER, 4 * HOUR, ("late",)),
    (PREMIER, 6 * HOUR, ("late", "restore_warned")), (PREMIER, 8 * HOUR, ("late", "restore_late")),
    (PLUS, 4 * HOUR, ("late", "escalated", "told_manager")), (replace(PREMIER, taken=("warned", "late")), 5 * HOUR, ()),
    (replace(PLUS, first_response_at=OPENED + HOUR), 5 * HOUR, ()),
    (replace(PLUS, first_response_at=OPENED + HOUR), 6 * HOUR, ("restore_warned",)), (SlaClocks(), 1000 * HOUR, ())])
def test_what_is_due(clocks: SlaClocks, passed: timedelta, due: tuple[str, ...]) -> None:
    """Warned at three quarters, late at the promised time, then warned no more; a response ends its own clock alone."""
    assert due_steps(clocks, OPENED, OPENED + passed) == due


@given(st.lists(st.integers(0, 12 * 3600), max_size=8).map(sorted), st.booleans(),
       st.one_of(st.none(), st.integers(0, 12 * 3600)))
def test_rings_miss_nothing(looks: list[int], escalates: bool, responded: int | None) -> None:
    """Whenever the keeper looks: the next ring is ahead of it, no step is due before its ring, none comes twice, and
    who looks at every ring takes each step at its time."""
    clocks = replace(PREMIER, escalates=escalates)
    for look in looks:
        now = OPENED + look * SECOND
        if responded is not None and responded <= look:
            clocks = replace(clocks, first_response_at=OPENED + responded * SECOND)
        due = due_steps(clocks, OPENED, now)
        assert not set(due) & set(clocks.taken)
        clocks = replace(clocks, taken=(*clocks.taken, *due))
        ring = next_check(clocks, OPENED, now)
        assert due_steps(clocks, OPENED, now) == ()
        if ring is not None:
            assert ring > now and due_steps(clocks, OPENED, ring - timedelta(microseconds=1)) == ()
            assert due_steps(clocks, OPENED, ring)
        else:
            assert due_steps(clocks, OPENED, now + 1000 * HOUR) == ()
