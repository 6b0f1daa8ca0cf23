"""Answers who may use a feature: the verdict for the customer in question, and the rule of the plan matrix."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answer import Answer
from bot.core.customer import PLANS, ROLES, Customer
from bot.core.entitlement import Verdict, decide, judge
from bot.core.facts import Facts
from bot.core.question import Question
from bot.services.wording import Words

# Features that are ways to support, the best first.
WAYS = ("tier2", "tier1_chat", "tier1_ticket", "tier1_phone", "help_center", "self_service")


def eligibility(feature: str, question: Question, facts: Facts, words: Words) -> Answer:
    """The answer to "who may …" and "may I …" for `feature`."""
    customer = question.customer
    source = next(rule.source for rule in facts.rules if rule.feature == feature)
    values = {
        "can": words.name("feature_can", feature),
        "feature": words.name("feature", feature),
        "rules": rules_of(feature, facts, words),
        "who": describe(customer, question, words),
    }
    if _asks_only(question):
        holds = _only_these(question, feature, facts)
        return Answer("utter_only_yes" if holds else "utter_only_no", values, source)
    if not customer or len(question.plans) > 1 or len(question.roles) > 1:
        return Answer("utter_who_may", values, source)
    verdict = judge(customer, feature, facts)
    if verdict is Verdict.NO:
        lead = words.phrase("lead_indeed" if question.expects_no else "lead_no")
        values["reason"] = _reason(customer, feature, facts, words)
        values["instead"] = _instead(customer, feature, facts, words)
        return Answer("utter_may_no", {**values, "lead": lead}, source)
    if customer.plan:
        values["rules"] = rules_of(feature, facts, words, plan=customer.plan)
    if verdict is Verdict.YES:
        return Answer("utter_may_yes", {**values, "lead": words.phrase("lead_yes")}, source)
    return Answer(_conditional(customer, feature, facts), values, source)


def rules_of(feature: str, facts: Facts, words: Words, plan: str | None = None) -> str:
    """The rules of `feature` on one `plan` or all, in words; plans with the same rule stand together."""
    by_text: dict[str, list[str]] = {}
    for key in [plan] if plan else PLANS:
        rows = [rule for rule in facts.rules if rule.feature == feature and rule.plan == key]
        text = words.all_of([words.name("rule", rule.id) for rule in rows]) if rows else words.phrase("not_included")
        by_text.setdefault(text, []).append(key)
    return "; ".join(words.phrase("plan_rule", plans=words.plans(plans), rule=text) for text, plans in by_text.items())


def describe(customer: Customer, question: Question, words: Words) -> str:
    """The customer in words: "licensed members on Premier", "you (owner, Pro account)"."""
    licence = {True: "_licensed", False: "_unlicensed", None: ""}[customer.licensed]
    parts = []
    if customer.role or customer.licensed is not None:
        parts.append(words.phrase(f"who_{customer.role or 'user'}{licence}"))
    if customer.account_type:
        parts.append(words.phrase("who_account", type=words.name("account_type", customer.account_type)))
    elif customer.paid is not None:
        parts.append(words.phrase("who_paid" if customer.paid else "who_free"))
    if customer.plan:
        parts.append(words.phrase("who_plan", plan=words.name("plan", customer.plan)))
    if question.has("first_person"):
        return words.phrase("who_you_as", who=", ".join(parts)) if parts else words.phrase("who_you")
    if not customer.role and customer.licensed is None:
        parts.insert(0, words.phrase("who_customer"))
    return " ".join(parts)


def _conditional(customer: Customer, feature: str, facts: Facts) -> str:
    """The response for a verdict that depends on unknown details."""
    if not customer.plan and judge(replace(customer, plan="access"), feature, facts) is Verdict.NO:
        return "utter_may_not_on_access"
    if customer.plan:
        return "utter_may_on_condition"
    return "utter_may_depends"


def _asks_only(question: Question) -> bool:
    """True for "is it only in Premier+?", "only for licensed admins?"; false about the asker, or with an "or"."""
    named = question.plans or question.roles or question.customer.licensed is not None
    one_kind = not (question.plans and (question.roles or question.customer.licensed is not None))
    return question.has("only") and bool(named) and one_kind and not question.has("first_person", "or")


def _only_these(question: Question, feature: str, facts: Facts) -> bool:
    """True when `feature` is for the plans, or for the people, that the question names, and for nobody else."""
    if question.plans:
        return set(question.plans) == set(facts.plans_with(feature))
    roles = {"owner", "admin"} if "admin" in question.roles else set(question.roles or ROLES)
    allowed = [known for known in Customer().completions() if decide(known, feature, facts).allowed]
    licensed = question.customer.licensed
    return all(known.role in roles and licensed in (None, known.licensed) for known in allowed)


def _reason(customer: Customer, feature: str, facts: Facts, words: Words) -> str:
    """Why the customer is refused; empty unless all possible customers of this kind are refused for one reason."""
    reasons = {decide(known, feature, facts).reason for known in customer.completions()}
    return words.phrase(f"reason_{reasons.pop().value}") if len(reasons) == 1 else ""


def _instead(customer: Customer, feature: str, facts: Facts, words: Words) -> str:
    """The ways to support that the customer certainly has, the best first; empty unless `feature` is such a way."""
    if feature not in WAYS:
        return ""
    names = [words.name("feature", way) for way in WAYS if judge(customer, way, facts) is Verdict.YES]
    return words.phrase("instead", doors=words.all_of([*names, words.name("channel", "community")]))
