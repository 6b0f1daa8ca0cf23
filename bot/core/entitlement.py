"""Who may use what: one pure function over the plan matrix, and its answer for a customer only partly known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from bot.core.customer import Customer
from bot.core.facts import Facts, Rule


class Reason(str, Enum):
    """Why a decision came out as it did; the widest obstacle first."""

    GRANTED = "granted"
    SIGN_IN = "sign_in"
    PAID_ONLY = "paid_only"
    NOT_IN_PLAN = "not_in_plan"
    ACCOUNT_TYPE = "account_type"
    LICENCE = "licence"
    ROLE = "role"


class Verdict(str, Enum):
    """The answer to "may this customer …?" when not everything about the customer is known."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"


@dataclass(frozen=True)
class Decision:
    """Allowed or not, why, and the matrix row that decided (`None` when no row of the plan has the feature)."""

    allowed: bool
    reason: Reason
    rule_id: str | None


def decide(customer: Customer, feature: str, facts: Facts, *, verified: bool = True) -> Decision:
    """Decide whether a fully known `customer` may use `feature`.

    `verified` is false for somebody without an accepted identity token: what is open to everyone stays open,
    everything else asks to sign in.
    """
    rows = [rule for rule in facts.rules if rule.feature == feature and rule.plan == customer.plan]
    for rule in rows:
        if "everyone" in rule.who:
            return Decision(True, Reason.GRANTED, rule.id)
    if not verified:
        return Decision(False, Reason.SIGN_IN, None)
    if customer.account_type not in facts.paid_account_types:
        return Decision(False, Reason.PAID_ONLY, rows[0].id if rows else None)
    if not rows:
        return Decision(False, Reason.NOT_IN_PLAN, None)
    for rule in rows:
        if _type_fits(rule, customer) and any(_belongs(customer, audience) for audience in rule.who):
            return Decision(True, Reason.GRANTED, rule.id)
    reason, rule = _obstacle(rows, customer)
    return Decision(False, reason, rule.id)


def judge(customer: Customer, feature: str, facts: Facts) -> Verdict:
    """The verdict over every customer that agrees with what is known of `customer`."""
    return _combine(decide(known, feature, facts).allowed for known in customer.completions())


def allowed_features(customer: Customer, facts: Facts) -> tuple[tuple[str, Verdict], ...]:
    """Each feature with its verdict for `customer`, in the order of the matrix."""
    return tuple((feature, judge(customer, feature, facts)) for feature in facts.features)


def _combine(outcomes: Iterable[bool]) -> Verdict:
    seen = set(outcomes)
    if seen == {True}:
        return Verdict.YES
    return Verdict.NO if seen == {False} else Verdict.DEPENDS


def _type_fits(rule: Rule, customer: Customer) -> bool:
    return not rule.account_types or customer.account_type in rule.account_types


def _belongs(customer: Customer, audience: str) -> bool:
    administers = customer.role in ("owner", "admin")
    return {
        "everyone": True,
        "account": True,
        "owner": customer.role == "owner",
        "admin": administers,
        "licensed_admin": administers and bool(customer.licensed),
        "licensed_member": bool(customer.licensed),
    }[audience]


def _obstacle(rows: list[Rule], customer: Customer) -> tuple[Reason, Rule]:
    """The widest thing that keeps the customer out, on the row that is nearest to letting them in."""
    fitting = [rule for rule in rows if _type_fits(rule, customer)]
    if not fitting:
        return Reason.ACCOUNT_TYPE, rows[0]
    licensed = replace(customer, licensed=True)
    for rule in fitting:
        if any(_belongs(licensed, audience) for audience in rule.who):
            return Reason.LICENCE, rule
    return Reason.ROLE, fitting[0]
