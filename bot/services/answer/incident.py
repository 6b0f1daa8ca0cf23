"""Answers on a described problem: its priority, how fast support reacts, who works on it."""

from __future__ import annotations

from bot.core.answer import Answer
from bot.core.facts import Facts
from bot.core.question import Question
from bot.services.answer.priority import staffing_line, times_line
from bot.services.wording import Words


def incident(question: Question, facts: Facts, words: Words) -> Answer:
    """The priority of the problem by the source's definitions, with times if the customer's plan has them."""
    level = facts.priorities[_severity(question)]
    with_times = facts.plans_with("priority_response")
    values = {
        "verdict": "",
        "sorry": "" if question.has("hypothetical") or level.key == "p4" else words.phrase("sorry_trouble"),
        "priority": level.key.upper(), "short": words.name("priority_short", level.key),
        "definition": words.name("priority_definition", level.key), "times": times_line(level, words),
        "staffing": staffing_line(level, words), "plans": words.plans(with_times),
    }
    if question.yes_no and question.priorities:
        values["sorry"] = ""
        values["verdict"] = words.verdict(level.key in question.priorities, question)
    plan = question.customer.plan or question.asker.plan
    if plan and plan not in with_times:
        values["plan"] = words.name("plan", plan)
        return Answer("utter_incident_not_in_plan", values, "priority_definitions")
    return Answer("utter_incident", values, "priority_definitions")


def _severity(question: Question) -> str:
    """The classifier's priority; "only one feature" is P3 by definition."""
    severity = question.severity or question.topic.removeprefix("incident_")
    return "p3" if question.has("only_feature") else severity


incident_p1 = incident_p2 = incident_p3 = incident_p4 = incident
