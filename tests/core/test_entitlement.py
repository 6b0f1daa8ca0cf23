"""Who may use what, against a table written by hand from the support guidelines (docs/decisions/0009)."""

from __future__ import annotations

from itertools import product

import pytest

from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES, Customer
from bot.core.entitlement import Decision, Reason, Verdict, allowed_features, decide, judge
from bot.core.facts import Facts

# Who of a paid account may: owner, admin or member, `+` with a licence and `-` without one.
ALL = "owner+ owner- admin+ admin- member+ member-"
NOBODY = ""
ADMINS_AND_LICENSED = "owner+ owner- admin+ admin- member+"
LICENSED = "owner+ admin+ member+"
OWNERS_AND_LICENSED_ADMINS = "owner+ owner- admin+"
OWNERS_AND_LICENSED = "owner+ owner- admin+ member+"
LICENSED_ADMINS = "owner+ admin+"

#                    access               premier          premier_plus
PAID = {
    "help_center": (ALL, ALL, ALL), "self_service": (ALL, ALL, ALL),
    "tier1_chat": (ADMINS_AND_LICENSED, LICENSED, LICENSED), "tier1_ticket": (ADMINS_AND_LICENSED, LICENSED, LICENSED),
    "priority_response": (NOBODY, ALL, ALL), "tier2": (NOBODY, LICENSED_ADMINS, LICENSED_ADMINS),
    "auto_escalation": (NOBODY, NOBODY, ALL), "tam": (NOBODY, NOBODY, ALL)}
PHONE_OF_NAMED_TYPES = (OWNERS_AND_LICENSED_ADMINS, OWNERS_AND_LICENSED, OWNERS_AND_LICENSED)
PHONE_OF_PRO = (NOBODY, LICENSED, LICENSED)
NAMED_TYPES = ("business", "enterprise", "education", "api")
OPEN_TO_EVERYONE = ("help_center", "self_service")
FEATURES = (*PAID, "tier1_phone")

CUSTOMERS = [Customer(*values) for values in product(PLANS, ACCOUNT_TYPES, ROLES, (True, False))]
COMBINATIONS = list(product(CUSTOMERS, (True, False), FEATURES))


def _may(customer: Customer, feature: str, *, verified: bool = True) -> bool:
    """The table's word."""
    if feature in OPEN_TO_EVERYONE:
        return True
    if not verified or customer.account_type == "basic":
        return False
    row = PAID.get(feature) or (PHONE_OF_NAMED_TYPES if customer.account_type in NAMED_TYPES else PHONE_OF_PRO)
    who = row[("access", "premier", "premier_plus").index(str(customer.plan))]
    return f"{customer.role}{'+' if customer.licensed else '-'}" in who.split()


def _opened_by_changing(customer: Customer, feature: str, *names: str) -> bool:
    """True when some other values of the named attributes would open the feature."""
    return any(
        _may(other, feature)
        for other in CUSTOMERS
        if all(getattr(other, n) == getattr(customer, n) for n in ("plan", "account_type", "role", "licensed")
               if n not in names))


def _sensible(reason: Reason, customer: Customer, feature: str, *, verified: bool) -> bool:
    """True when `reason` is what stands in the way: mending it opens the feature, or nothing opens it otherwise."""
    if not verified:
        return reason is Reason.SIGN_IN
    if customer.account_type == "basic":
        return reason is Reason.PAID_ONLY
    if not _opened_by_changing(customer, feature, "account_type", "role", "licensed"):
        return reason is Reason.NOT_IN_PLAN
    attribute = {Reason.ACCOUNT_TYPE: "account_type", Reason.LICENCE: "licensed", Reason.ROLE: "role"}.get(reason)
    if attribute is None:
        return False
    others = {"account_type", "role", "licensed"} - {attribute}
    return _opened_by_changing(customer, feature, attribute) or not _opened_by_changing(customer, feature, *others)


def test_the_walk_is_complete(facts: Facts) -> None:
    """3 plans × 6 account types × 3 roles × licence × verified × 9 features, and the matrix knows no other feature."""
    assert len(COMBINATIONS) == 3 * 6 * 3 * 2 * 2 * 9
    assert sorted(facts.features) == sorted(FEATURES)


def test_every_decision(facts: Facts) -> None:
    """The pure function says what the source says."""
    wrong = [
        (customer, verified, feature)
        for customer, verified, feature in COMBINATIONS
        if decide(customer, feature, facts, verified=verified).allowed != _may(customer, feature, verified=verified)]
    assert wrong == []


def test_every_denial_has_a_sensible_reason(facts: Facts) -> None:
    """What is named as the obstacle is one."""
    odd = [
        (decision.reason.value, customer, verified, feature)
        for customer, verified, feature in COMBINATIONS
        if not (decision := decide(customer, feature, facts, verified=verified)).allowed
        and not _sensible(decision.reason, customer, feature, verified=verified)]
    assert odd == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("licensed", [True, False])
def test_the_widest_obstacle_comes_first(facts: Facts, role: str, licensed: bool) -> None:
    """Nobody on Pro may phone under Access: neither a licence nor another role would help."""
    decision = decide(Customer("access", "pro", role, licensed), "tier1_phone", facts)
    assert decision == Decision(False, Reason.ACCOUNT_TYPE, "tier1_phone.access.owner+licensed_admin")


def test_every_decision_names_its_row(facts: Facts) -> None:
    """A permission always, a denial where the plan has a row: a row of that feature and plan that exists."""
    rows = {rule.id: rule for rule in facts.rules}
    for customer, verified, feature in COMBINATIONS:
        decision = decide(customer, feature, facts, verified=verified)
        assert decision.allowed == (decision.reason is Reason.GRANTED)
        if decision.allowed or decision.reason in (Reason.LICENCE, Reason.ROLE, Reason.ACCOUNT_TYPE):
            assert decision.rule_id is not None
        if decision.rule_id is not None:
            assert (rows[decision.rule_id].feature, rows[decision.rule_id].plan) == (feature, customer.plan)


@pytest.mark.parametrize(("customer", "feature", "expected"), [
    (Customer("access", "business", "owner", False), "tier1_phone",
     Decision(True, Reason.GRANTED, "tier1_phone.access.owner+licensed_admin")),
    (Customer("access", "business", "admin", False), "tier1_phone",
     Decision(False, Reason.LICENCE, "tier1_phone.access.owner+licensed_admin")),
    (Customer("access", "business", "member", True), "tier1_phone",
     Decision(False, Reason.ROLE, "tier1_phone.access.owner+licensed_admin")),
    (Customer("access", "pro", "owner", True), "tier1_phone",
     Decision(False, Reason.ACCOUNT_TYPE, "tier1_phone.access.owner+licensed_admin")),
    (Customer("premier", "pro", "member", True), "tier1_phone",
     Decision(True, Reason.GRANTED, "tier1_phone.premier.licensed_member")),
    (Customer("premier", "pro", "member", False), "tier1_phone",
     Decision(False, Reason.LICENCE, "tier1_phone.premier.licensed_member")),
    (Customer("premier", "api", "member", True), "tier2", Decision(False, Reason.ROLE, "tier2.premier.licensed_admin")),
    (Customer("access", "api", "owner", True), "tier2", Decision(False, Reason.NOT_IN_PLAN, None)),
    (Customer("premier", "api", "owner", True), "tam", Decision(False, Reason.NOT_IN_PLAN, None))])
def test_decisions_in_full(facts: Facts, customer: Customer, feature: str, expected: Decision) -> None:
    """Some decisions, with reason and row."""
    assert decide(customer, feature, facts) == expected


YES, NO, DEPENDS = Verdict.YES, Verdict.NO, Verdict.DEPENDS


@pytest.mark.parametrize(("customer", "feature", "expected"), [
    (Customer(), "help_center", YES), (Customer(), "tier1_chat", DEPENDS),
    (Customer(account_type="basic"), "self_service", YES), (Customer(account_type="basic"), "tier1_ticket", NO),
    (Customer(paid=False), "tier1_phone", NO), (Customer("premier", paid=True), "priority_response", YES),
    (Customer("premier"), "priority_response", YES), (Customer("access"), "priority_response", NO),
    (Customer("access", role="admin", paid=True), "tier1_chat", YES),
    (Customer("access", role="member", paid=True), "tier1_chat", DEPENDS),
    (Customer("access", role="member", licensed=True, paid=True), "tier1_chat", YES),
    (Customer("premier", role="admin"), "tier1_chat", DEPENDS),
    (Customer("premier", role="admin", licensed=False), "tier1_chat", NO),
    (Customer(role="member", licensed=False), "tier1_chat", NO), (Customer("access", role="member"), "tier1_phone", NO),
    (Customer("access", "pro"), "tier1_phone", NO), (Customer("access", "education", "owner"), "tier1_phone", YES),
    (Customer("access", "education"), "tier1_phone", DEPENDS),
    (Customer(account_type="enterprise", role="owner"), "tier1_phone", YES),
    (Customer("premier_plus", licensed=True), "tier1_phone", YES),
    (Customer(licensed=True, role="admin"), "tier2", DEPENDS),
    (Customer("premier", role="owner", licensed=True), "tier2", YES), (Customer("premier", role="member"), "tier2", NO),
    (Customer("premier_plus"), "tam", YES), (Customer("premier"), "tam", NO), (Customer(), "auto_escalation", DEPENDS),
    (Customer("premier_plus", "basic"), "tam", NO)])
def test_judge(facts: Facts, customer: Customer, feature: str, expected: Verdict) -> None:
    """The verdict on a customer only partly known; who names a paid plan speaks of a paid account."""
    assert judge(customer, feature, facts) is expected


@pytest.mark.parametrize("feature", FEATURES)
def test_judge_agrees_with_decide(facts: Facts, feature: str) -> None:
    """On a customer known in full there is nothing left to depend on."""
    for customer in CUSTOMERS:
        assert judge(customer, feature, facts) is (YES if decide(customer, feature, facts).allowed else NO)


def test_allowed_features(facts: Facts) -> None:
    """All nine features in the order of the source's table."""
    assert allowed_features(Customer("premier", "business", "member", True), facts) == (
        ("help_center", YES), ("self_service", YES), ("tier1_chat", YES), ("tier1_ticket", YES), ("tier1_phone", YES),
        ("priority_response", YES), ("tier2", NO), ("auto_escalation", NO), ("tam", NO))
