"""Bringing a person in: the route is decided, those entitled are queued with a case file, all others get their door."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.answer import Answer
from bot.core.case import WaitRange
from bot.core.errors import StoreUnavailable
from bot.core.facts import Facts
from bot.core.routing import HandoffTarget, Route, Staffing, offer, route
from bot.core.sla import sla_targets
from bot.core.wait_estimate import in_minutes
from bot.ports import CaseFile, Queue, QueuePlace
from bot.services.cards import community_card, queue_card
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.wording import Words

BILLING = "billing"
TRIED = 10


@dataclass(frozen=True)
class HandOff:
    """What is said, the route taken (`None`: the desk could not be asked), and whether a ticket is offered with it."""

    answer: Answer
    route: Route | None
    ticket: bool

    @property
    def is_queued(self) -> bool:
        """The visitor has a place in the queue."""
        return self.route is not None and self.route.target is HandoffTarget.AGENT_QUEUE


def decide_route(turn: Turn, facts: Facts) -> Route:
    """The door for this visitor: by entitlement, whatever the talk is about."""
    return route(turn.identity.customer if turn.identity else None, facts)


def staffing_of(best: Route, language: str, queue: Queue) -> Staffing:
    """Who is there for a route to agents; of another, nobody needs to know."""
    return Staffing(None) if best.tier is None else queue.staffing(best.tier, language)


def hand_off(turn: Turn, state: State, facts: Facts, words: Words, queue: Queue, community_url: str) -> HandOff:
    """Queue the visitor or show the best door, with the reason."""
    best = decide_route(turn, facts)
    rule = words.name("rule", best.rule_id) if best.rule_id else ""
    on_billing = BILLING in (turn.value("channel"), state.topic)
    values = {"community": community_url, "problem": "", "rule": rule,
              "billing": words.phrase("handoff_billing") if on_billing else ""}
    if turn.identity_problem:
        expired = turn.identity_problem == "expired"
        values["problem"] = words.phrase("identity_expired" if expired else "identity_rejected")
    try:
        staffing = staffing_of(best, state.language, queue)
        offered = offer(best, staffing, phone=False)
        # Who waits since before the desk closed keeps the place.
        kept = queue.place(turn.conversation_id) if offered.route is not best else None
        chosen = best if kept else offered.route
        if chosen.target is not HandoffTarget.AGENT_QUEUE:
            response = f"utter_handoff_{chosen.reason}"
            values["opens"] = _opens(turn, staffing, words, queue)
            return HandOff(Answer(response, values, card=community_card(response, values, words)), chosen, ticket=True)
        place = kept or queue.open_case(_case_file(turn, state, chosen, facts, words))
    except StoreUnavailable:
        return HandOff(Answer("utter_handoff_failed", values), None, ticket=True)
    return HandOff(_queued(place, chosen, staffing, values, turn, words, queue), chosen, offered.ticket_too)


def wait_line(wait: WaitRange, words: Words) -> str:
    """How long it will probably take, in whole minutes."""
    low, high = in_minutes(wait)
    if high == 1:
        return words.phrase("wait_short")
    if low == 0:
        return words.phrase("wait_up_to", minutes=str(high))
    return words.phrase("wait_between", low=str(low), high=str(high))


def _queued(place: QueuePlace, chosen: Route, staffing: Staffing, values: dict[str, str], turn: Turn, words: Words,
            queue: Queue) -> Answer:
    response = f"utter_handoff_{chosen.reason}" if place.is_new else "utter_handoff_waiting"
    if not staffing.is_open:
        wait = words.phrase("wait_closed", opens=_opens(turn, staffing, words, queue))
    elif staffing.is_empty:
        wait = words.phrase("wait_nobody")
    else:
        wait = wait_line(place.wait, words) if place.wait else ""
    values = {**values, "case": place.case_number, "position": str(place.position), "wait": wait}
    return Answer(response, values, card=queue_card(words.say(response, values), place))


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

