"""Answers on the support plans: what each includes, how they differ, and what a customer may use."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from bot.core.answer import Answer
from bot.core.customer import PLANS
from bot.core.entitlement import Verdict, allowed_features
from bot.core.facts import Facts
from bot.core.question import Question
from bot.services.answer.eligibility import describe, eligibility, rules_of
from bot.services.answer.tables import PLAN_FEATURES, plan_table, rule
from bot.services.wording import Words


def plan_overview(question: Question, facts: Facts, words: Words) -> Answer:
    """What a plan includes and lacks; for a described customer, what they may use; without a plan, all plans."""
    if question.feature:
        return eligibility(question.feature, question, facts, words)
    if len(question.plans) > 1:
        return plan_compare(question, facts, words)
    if question.customer.role or question.customer.licensed is not None or question.customer.account_type:
        return my_entitlement(question, facts, words)
    if not question.plans:
        lines = "\n".join(_plan_line(plan, facts, words) for plan in PLANS)
        counted = question.yes_no and question.number is not None
        verdict = words.verdict(question.number == len(PLANS), question) if counted else ""
        values = {"verdict": verdict, "lines": lines}
        around = words.around("utter_plans", values, "lines")
        return Answer("utter_plans", values, "plan_table", plan_table(PLANS, around, "plan_table", facts, words))
    plan = question.plans[0]
    included = [words.phrase("feature_rule", feature=words.name("feature", f), rule=who)
                for f in PLAN_FEATURES if (who := rule(f, plan, facts, words))]
    missing = [words.name("feature", f) for f in PLAN_FEATURES if f not in facts.features_of(plan)]
    lacks = words.phrase("plan_lacks_nothing")
    if missing:
        lacks = words.phrase("plan_lacks", features=words.all_of(missing))
    values = {"plan": words.name("plan", plan), "includes": "; ".join(included), "lacks": lacks}
    card = plan_table([plan], words.around("utter_plan", values, "includes"), "plan_table", facts, words)
    return Answer("utter_plan", values, "plan_table", card)


def plan_compare(question: Question, facts: Facts, words: Words) -> Answer:
    """What each higher plan adds to the one below it."""
    plans = sorted(set(question.plans), key=PLANS.index)
    if len(plans) < 2:
        plans = list(PLANS)
    lines = [_step(lower, higher, facts, words) for lower, higher in pairwise(plans)]
    card = plan_table(plans, ("", ""), "plan_table", facts, words)
    return Answer("utter_plan_compare", {"lines": "\n".join(lines)}, "plan_table", card)


def plan_options(question: Question, facts: Facts, words: Words) -> Answer:
    """Says that the account manager knows the plan options."""
    return Answer("utter_plan_options", {}, "introduction")


def plan_price(question: Question, facts: Facts, words: Words) -> Answer:
    """Says that the source gives no prices."""
    return Answer("utter_plan_price", {}, "introduction")


def tier1_access(question: Question, facts: Facts, words: Words) -> Answer:
    """Who gets Tier 1 by chat, ticket or phone."""
    feature = {"phone": "tier1_phone", "ticket": "tier1_ticket", "live_chat": "tier1_chat"}.get(question.channel or "")
    if feature or question.customer:
        return eligibility(feature or "tier1_chat", question, facts, words)
    values = {"chat": rules_of("tier1_chat", facts, words), "phone": rules_of("tier1_phone", facts, words)}
    return Answer("utter_tier1", values, "plan_table")


tier2_access = partial(eligibility, "tier2")
escalation_access = partial(eligibility, "auto_escalation")
tam_access = partial(eligibility, "tam")


def my_entitlement(question: Question, facts: Facts, words: Words) -> Answer:
    """What one customer may use, may not use, and may use depending on details."""
    customer = question.customer or question.asker
    if not customer:
        return plan_overview(Question(topic="plan_overview", language=question.language), facts, words)
    verdicts = allowed_features(customer, facts)
    lists = {verdict: [words.name("feature", feature) for feature, found in verdicts if found is verdict]
             for verdict in Verdict}
    lines = [words.phrase("may_use", features=words.all_of([*lists[Verdict.YES], words.name("channel", "community")]))]
    if lists[Verdict.DEPENDS]:
        lines.append(words.phrase("may_use_perhaps", features=words.all_of(lists[Verdict.DEPENDS])))
    if lists[Verdict.NO]:
        lines.append(words.phrase("may_not_use", features=words.all_of(lists[Verdict.NO])))
    values = {"who": describe(customer, question, words), "lines": "\n".join(lines)}
    return Answer("utter_entitlement", values, "plan_table")


def _plan_line(plan: str, facts: Facts, words: Words) -> str:
    features = words.all_of([words.name("feature", f) for f in PLAN_FEATURES if f in facts.features_of(plan)])
    return words.phrase("plan_line", plan=words.name("plan", plan), features=features)


def _step(lower: str, higher: str, facts: Facts, words: Words) -> str:
    """"Premier adds to Access: …; changed: …; the rest is the same"."""
    below, above = facts.features_of(lower), facts.features_of(higher)
    added = [words.name("feature", f) for f in above if f not in below]
    rules = [(f, rule(f, lower, facts, words), rule(f, higher, facts, words)) for f in PLAN_FEATURES]
    changed = [words.phrase("feature_change", feature=words.name("feature", f), before=before, after=after)
               for f, before, after in rules if before and after and before != after]
    names = {"lower": words.name("plan", lower), "higher": words.name("plan", higher)}
    step = words.phrase("plan_adds", features=words.all_of(added), **names)
    return f"{step}\n{words.phrase('plan_changes', changes='; '.join(changed))}" if changed else step
