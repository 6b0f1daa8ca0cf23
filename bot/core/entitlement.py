"""Entitlement: `decide` reads the plan matrix for a fully known customer, `judge` for a partly known one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from bot.core.customer import Customer
from bot.core.facts import Facts, Rule


class Reason(str, Enum):
    """The reason for a decision; the widest obstacle first."""

    GRANTED = "granted"
    SIGN_IN = "sign_in"
    PAID_ONLY = "paid_only"
    NOT_IN_PLAN = "not_in_plan"
    ACCOUNT_TYPE = "account_type"
    LICENCE = "licence"
    ROLE = "role"


class Verdict(str, Enum):
    """The answer to "may this customer …?" for a partly known customer."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"


@dataclass(frozen=True)
class Decision:
    """The result of `decide`."""

    allowed: bool
    reason: Reason
    rule_id: str | None  # the matrix row that decided; `None`: no row of the plan has the feature


def decide(customer: Customer, feature: str, facts: Facts, *, verified: bool = True) -> Decision:
    """Whether a fully known `customer` may use `feature`. Not `verified`: only features open to everyone are allowed,
    all others have the reason `SIGN_IN`."""
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
    """`YES` or `NO` when `decide` agrees for all completions of `customer`, else `DEPENDS`."""
    return _combine(decide(known, feature, facts).allowed for known in customer.completions())


def allowed_features(customer: Customer, facts: Facts) -> tuple[tuple[str, Verdict], ...]:
    """(feature, verdict) pairs for `customer`, in the order of the matrix."""
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
    """The widest obstacle for the customer, and the row that comes nearest to granting the feature."""
    fitting = [rule for rule in rows if _type_fits(rule, customer)]
    if not fitting:
        return Reason.ACCOUNT_TYPE, rows[0]
    licensed = replace(customer, licensed=True)
    for rule in fitting:
        if any(_belongs(licensed, audience) for audience in rule.who):
            return Reason.LICENCE, rule
    return Reason.ROLE, fitting[0]
