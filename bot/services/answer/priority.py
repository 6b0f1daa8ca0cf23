"""Answers on the priorities P1 to P4: times, meaning, staffing, comparison, and who gets priority response."""

from __future__ import annotations

from functools import partial

from bot.core.answer import Answer
from bot.core.facts import Facts, Priority
from bot.core.question import Question
from bot.services.answer.eligibility import eligibility
from bot.services.answer.tables import priority_table
from bot.services.wording import Words


def priority_times(question: Question, facts: Facts, words: Words) -> Answer:
    """The times of first response and restoration; or that the plan has no priority response."""
    with_times, plan = facts.plans_with("priority_response"), question.customer.plan
    plans = words.plans(with_times)
    if plan and len(question.plans) < 2 and plan not in with_times:
        values = {"plan": words.name("plan", plan), "plans": plans}
        return Answer("utter_priority_times_not_in_plan", values, "priority_times")
    levels = _levels(question, facts)
    lines = "\n".join(times_line(level, words) for level in levels)
    verdict = _times_verdict(question, levels[0], words) if len(levels) == 1 else ""
    values = {"verdict": verdict, "lines": lines, "plans": plans}
    around = words.around("utter_priority_times", values, "lines")
    card = priority_table(levels, around, "priority_times", words, with_meaning=False)
    return Answer("utter_priority_times", values, "priority_times", card)


def priority_definition(question: Question, facts: Facts, words: Words) -> Answer:
    """What a priority means."""
    levels = _levels(question, facts)
    if len(levels) > 1:
        return priority_compare(question, facts, words)
    level = levels[0]
    values = {
        "verdict": _definition_verdict(question, level, words), "priority": level.key.upper(),
        "definition": words.name("priority_definition", level.key),
        "example": facts.labels.get(("priority_example", level.key, words.language), ""),
        "times": times_line(level, words), "plans": words.plans(facts.plans_with("priority_response")),
    }
    return Answer("utter_priority_definition", values, level.definition_source)


def priority_staffing(question: Question, facts: Facts, words: Words) -> Answer:
    """Who works on a priority, and when."""
    levels = _levels(question, facts)
    lines = "\n".join(staffing_line(level, words) for level in levels)
    verdict = _staffing_verdict(question, levels[0], words) if len(levels) == 1 else ""
    return Answer("utter_priority_staffing", {"verdict": verdict, "lines": lines}, levels[0].definition_source)


def priority_overview(question: Question, facts: Facts, words: Words) -> Answer:
    """All priorities, a line each."""
    levels = list(facts.priorities.values())
    counted = question.yes_no and question.number is not None
    values = {
        "verdict": words.verdict(question.number == len(levels), question) if counted else "",
        "lines": "\n".join(_summary(level, words) for level in levels),
        "plans": words.plans(facts.plans_with("priority_response")),
    }
    around = words.around("utter_priority_overview", values, "lines")
    card = priority_table(levels, around, "priority_definitions", words, with_meaning=True)
    return Answer("utter_priority_overview", values, "priority_definitions", card)


def priority_compare(question: Question, facts: Facts, words: Words) -> Answer:
    """Two or more priorities side by side."""
    levels = _levels(question, facts)
    if len(levels) == 1 or len(levels) == len(facts.priorities):
        return priority_overview(question, facts, words)
    lines = "\n".join(_summary(level, words) for level in levels)
    values = {"verdict": _compare_verdict(question, levels, words), "lines": lines}
    around = words.around("utter_priority_compare", values, "lines")
    card = priority_table(levels, around, "priority_definitions", words, with_meaning=True)
    return Answer("utter_priority_compare", values, "priority_definitions", card)


priority_access = partial(eligibility, "priority_response")


def times_line(level: Priority, words: Words) -> str:
    """"P1: first response within 1 hour, restored within 4 hours"."""
    first = words.hours(level.first_response_hours)
    if level.restoration_hours is None:
        return words.phrase("times_without_restoration", priority=level.key.upper(), first=first)
    restored = words.hours(level.restoration_hours)
    return words.phrase("times", priority=level.key.upper(), first=first, restored=restored)


def staffing_line(level: Priority, words: Words) -> str:
    """"P3: worked on during regional business hours"."""
    staffing = words.name("priority_staffing", level.key)
    return words.phrase("priority_line", priority=level.key.upper(), text=staffing)


def _summary(level: Priority, words: Words) -> str:
    short = words.name("priority_short", level.key)
    return words.phrase("priority_summary", times=times_line(level, words), short=short)


def _levels(question: Question, facts: Facts) -> list[Priority]:
    named = [facts.priorities[key] for key in question.priorities if key in facts.priorities]
    return named or list(facts.priorities.values())


def _times_verdict(question: Question, level: Priority, words: Words) -> str:
    """Yes or no to "within 4 hours?", "is there a restoration time?"; empty for other questions."""
    if not question.perhaps_yes_no:
        return ""
    hours = level.restoration_hours if question.has("restoration") else level.first_response_hours
    asked = question.hours
    if asked is None or hours is None:
        return words.verdict(hours is not None, question)
    return words.verdict(hours <= asked if question.has("within") else hours == asked, question)


def _definition_verdict(question: Question, level: Priority, words: Words) -> str:
    if not question.perhaps_yes_no:
        return ""
    if question.has("workaround") and level.workaround != "unstated":
        if level.workaround == "partial" and question.has("partial"):
            return words.phrase("yes")
        return words.phrase("no" if level.workaround == "none" else "at_most_partly")
    if question.has("performance_hit"):
        return words.verdict(level.key in ("p1", "p2"), question)
    if question.severity:
        return words.verdict(question.severity == level.key, question)
    return ""


def _staffing_verdict(question: Question, level: Priority, words: Words) -> str:
    if not question.perhaps_yes_no:
        return ""
    claims = {
        "business_hours_only": level.staffed == "business_hours", "outside_hours": level.staffed != "business_hours",
        "around_the_clock": level.staffed == "around_the_clock", "business_hours": True,
    }
    return next((words.verdict(truth, question) for cue, truth in claims.items() if question.has(cue)), "")


def _compare_verdict(question: Question, levels: list[Priority], words: Words) -> str:
    if not question.yes_no or len(levels) != 2:
        return ""
    first, second = (
        (level.restoration_hours or 10**6) if question.has("restoration") else level.first_response_hours
        for level in levels)
    claims = {"slower": first > second, "faster": first < second, "same": first == second}
    return next((words.verdict(truth, question) for cue, truth in claims.items() if question.has(cue)), "")
