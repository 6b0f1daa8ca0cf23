"""The hand-off to people: decides the route. Entitled visitors are queued with a case file; all others are shown where
to go."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.answer import Bubble
from bot.core.effects import CaseFile, OpenCase
from bot.core.facts import Facts
from bot.core.routing import HandoffTarget, Route, Staffing, offer, route
from bot.core.sla import sla_targets
from bot.ports import Queue
from bot.services.cards import community_card
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.wording import Words

BILLING = "billing"
TRIED = 10


@dataclass(frozen=True)
class HandOff:
    """What is said, the route taken, and whether a ticket is offered with it."""

    bubble: Bubble
    route: Route
    ticket: bool

    @property
    def is_queued(self) -> bool:
        """The visitor gets a place in the queue, or keeps it."""
        return self.route.target is HandoffTarget.AGENT_QUEUE


def decide_route(turn: Turn, facts: Facts) -> Route:
    """The route of this visitor, by entitlement. The topic of the conversation does not matter."""
    return route(turn.identity.customer if turn.identity else None, facts)


def staffing_of(best: Route, language: str, queue: Queue) -> Staffing:
    """The staffing of the route `best`; empty for a route that does not lead to agents."""
    return Staffing(None) if best.tier is None else queue.staffing(best.tier, language)


def hand_off(turn: Turn, state: State, facts: Facts, words: Words, queue: Queue, community_url: str) -> HandOff:
    """Queue the visitor, or say where else to go, with the reason."""
    best = decide_route(turn, facts)
    rule = words.name("rule", best.rule_id) if best.rule_id else ""
    on_billing = BILLING in (turn.value("channel"), state.topic)
    values = {"community": community_url, "problem": "", "rule": rule,
              "billing": words.phrase("handoff_billing") if on_billing else ""}
    if turn.identity_problem:
        expired = turn.identity_problem == "expired"
        values["problem"] = words.phrase("identity_expired" if expired else "identity_rejected")
    staffing = staffing_of(best, state.language, queue)
    offered = offer(best, staffing, phone=False)
    # Who waits since before the desk closed keeps the place.
    keeps_place = offered.route is not best and queue.place(turn.conversation_id) is not None
    chosen = best if keeps_place else offered.route
    opens = _opens(turn, staffing, words, queue)
    if chosen.target is not HandoffTarget.AGENT_QUEUE:
        response, values = f"utter_handoff_{chosen.reason}", {**values, "opens": opens}
        said = Bubble(words.say(response, values), card=community_card(response, values, words))
        return HandOff(said, chosen, ticket=True)
    if not staffing.is_open:
        values["wait"] = words.phrase("wait_closed", opens=opens)
    elif staffing.is_empty:
        values["wait"] = words.phrase("wait_nobody")
    effect = OpenCase(_case_file(turn, state, chosen, facts, words), values)
    return HandOff(Bubble("", effect=effect), chosen, offered.ticket_too)


def _opens(turn: Turn, staffing: Staffing, words: Words, queue: Queue) -> str:
    """When the desk opens: in the visitor's own time, or else in the desk's, by name."""
    if staffing.is_open:
        return ""
    if staffing.opens_at is None:
        return words.phrase("opens_unknown")
    zone = queue.zone_of(turn.conversation_id)
    return words.moment(staffing.opens_at, zone or staffing.zone, named=zone is None)


def _last_words(turn: Turn, words: Words) -> str:
    """What the visitor said last; who has pressed the button for a person and nothing else has said nothing."""
    said = [text for text in (*turn.history, turn.text) if text and not text.startswith("/")]
    return said[-1] if said else words.phrase("no_question")


def _case_file(turn: Turn, state: State, chosen: Route, facts: Facts, words: Words) -> CaseFile:
    assert turn.identity is not None, "only a verified visitor is queued"
    form = state.active_form or {}
    question = form.get("description") or form.get("subject") or state.asked or _last_words(turn, words)
    who = turn.identity.name or words.phrase("anonymous")
    priority = form.get("priority") or form.get("proposed") or state.incident
    evidence = words.phrase("evidence_story", short=words.name("priority_short", priority)) if priority else None
    return CaseFile(
        conversation_id=turn.conversation_id,
        question=question,
        tried=turn.history[-TRIED:],
        language=state.language,
        summary=words.phrase("summary_case", who=who, question=question),
        priority=priority,
        priority_evidence=evidence,
        identity=turn.identity,
        route=chosen,
        terms=sla_targets(turn.identity.customer, priority, facts),
    )

