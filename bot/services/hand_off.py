"""Bringing a person in: the route is decided, those entitled are queued with a case file, all others get their door."""

from __future__ import annotations

from bot.core.answer import Answer
from bot.core.errors import StoreUnavailable
from bot.core.facts import Facts
from bot.core.routing import Door, Route, route
from bot.ports import CaseFile, Queue
from bot.services.cards import community_card, queue_card
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.words import Words

BILLING = "billing"
FAILED = "utter_handoff_failed"
TRIED = 10
SHORT = 6


def decide_route(turn: Turn, state: State, facts: Facts) -> Route:
    """The door for this visitor; a question on billing goes to Billing Support."""
    customer = turn.identity.customer if turn.identity else None
    on_billing = turn.value("channel") == BILLING or (state.topic == BILLING and len(turn.text.split()) <= SHORT)
    return route(customer, facts, billing=on_billing)


def hand_off(
    turn: Turn, state: State, facts: Facts, words: Words, queue: Queue, community_url: str,
) -> tuple[Answer, Route]:
    """Queue the visitor or show the best door, with the reason; returns the answer and the route taken."""
    way = decide_route(turn, state, facts)
    rule = words.name("rule", way.rule_id) if way.rule_id else ""
    values = {"community": community_url, "rule": rule, "problem": ""}
    if turn.identity_problem:
        expired = turn.identity_problem == "expired"
        values["problem"] = words.phrase("identity_expired" if expired else "identity_rejected")
    response = f"utter_handoff_{way.reason}"
    if way.door is not Door.AGENT_QUEUE:
        return Answer(response, values, card=community_card(response, values, words)), way
    try:
        place = queue.open_case(_case_file(turn, state, way, words))
    except StoreUnavailable:
        return Answer(FAILED, values), way
    values |= {"case": place.case_number, "position": str(place.position)}
    response = response if place.is_new else "utter_handoff_waiting"
    return Answer(response, values, card=queue_card(words.say(response, values), place)), way


def _case_file(turn: Turn, state: State, way: Route, words: Words) -> CaseFile:
    assert turn.identity is not None, "only a verified visitor is queued"
    form = state.form or {}
    question = form.get("description") or form.get("subject") or state.asked or turn.text
    who = turn.identity.name or words.phrase("anonymous")
    priority = form.get("priority") or form.get("proposed") or state.incident
    evidence = words.phrase("evidence_story", short=words.name("priority_short", priority)) if priority else None
    return CaseFile(
        conversation=turn.conversation,
        question=question,
        tried=turn.history[-TRIED:],
        language=state.language,
        summary=words.phrase("summary_case", who=who, question=question),
        priority=priority,
        priority_evidence=evidence,
        identity=turn.identity,
        route=way,
    )

