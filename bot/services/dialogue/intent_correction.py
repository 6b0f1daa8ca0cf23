"""What the classifier can't know: a doubtful intent read again in the light of the conversation."""

from __future__ import annotations

from dataclasses import replace

from bot.core.command import first_clause
from bot.services.dialogue.context_resolution import CUSTOMER_KINDS, FOLLOW_UP
from bot.services.dialogue.intent_kinds import is_question
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.wording import Wording

NOT_UNDERSTOOD = "nlu_fallback"
PERSON = "talk_to_human"
# Where nothing better would be said, a person may be meant.
_NO_ANSWER = frozenset({NOT_UNDERSTOOD, "out_of_scope", "abuse", "dissatisfied", "cancel"})
# Where people may be hurt: their shares count together, and before all else.
_HARM = ("self_harm", "danger", "account_security")
_HARM_SHARE = 0.3
# A death in the family is heard before what doesn't work.
_AFTER_GRIEF = frozenset({NOT_UNDERSTOOD, "out_of_scope", "howto", "incident_p1", "incident_p2", "incident_p3",
                          "incident_p4"})
# Never read as more on the last topic.
_PEOPLE_FIRST = frozenset({PERSON, "self_harm", "danger", "account_security", "distress"})
_PLEASANTRIES = frozenset({"greet", "goodbye", "thank", "affirm", "deny"})
SURE = 0.6
_DOUBTFUL = 0.6
_WORTH_TAKING = 0.2
_SHORT = 6
_FOLLOW_UP_WORDS = 9
_SHORTEST = 2


def settle(turn: Turn, state: State, wording: Wording) -> Turn:
    """The same turn, perhaps with another intent."""
    cues = wording.cues.find(turn.text)
    if harm := _harm(turn):
        return replace(turn, intent=harm)
    if "grief" in cues and turn.intent in _AFTER_GRIEF:
        return replace(turn, intent="distress")
    if "file_name" in cues and turn.intent in (NOT_UNDERSTOOD, "out_of_scope"):
        return replace(turn, intent="sent_file")
    if turn.intent == NOT_UNDERSTOOD and "only_cancel" in wording.cues.find(first_clause(turn.text)):
        return replace(turn, intent="cancel")
    if turn.intent in _NO_ANSWER and turn.ranking.get(PERSON, 0.0) >= _WORTH_TAKING:
        return replace(turn, intent=PERSON)
    confidence = turn.ranking.get(turn.intent, 0.0)
    words = len(turn.text.split())
    if turn.intent == "switch_language" and turn.value("target_language") is None:
        return replace(turn, intent=_next_best(turn, "switch_language") or "other_language")
    if turn.intent in _PEOPLE_FIRST:
        return turn
    unsure = (turn.intent == NOT_UNDERSTOOD or confidence < SURE) and words <= _SHORT and not turn.text.startswith("/")
    if unsure and state.topic is not None and is_question(state.topic, wording):
        near = _likeliest_near(turn, state.topic, wording)
        if near:
            return replace(turn, intent=near)
    lost = turn.intent == NOT_UNDERSTOOD and words <= _FOLLOW_UP_WORDS
    if lost and state.topic and _names_value(turn, state.topic, wording):
        return replace(turn, intent=FOLLOW_UP)
    if turn.intent in _PLEASANTRIES and confidence < _DOUBTFUL and words > _SHORTEST:
        return replace(turn, intent=NOT_UNDERSTOOD)
    return turn


def _harm(turn: Turn) -> str | None:
    """The likeliest way in which people are hurt, if all of them together are likelier than anything else."""
    shares = {intent: turn.ranking.get(intent, 0.0) for intent in _HARM}
    rest = max((share for intent, share in turn.ranking.items() if intent not in (*_HARM, NOT_UNDERSTOOD)), default=0.0)
    together = sum(shares.values())
    return max(_HARM, key=lambda intent: shares[intent]) if together >= max(rest, _HARM_SHARE) else None


def _names_value(turn: Turn, topic: str, wording: Wording) -> bool:
    """True when the message names a value that the last topic can be asked of."""
    kinds = {kind for kind, _ in turn.entities}
    return bool((kinds | ({"customer"} if kinds & CUSTOMER_KINDS else set())) & wording.topics[topic].accepts)


def _likeliest_near(turn: Turn, topic: str, wording: Wording) -> str | None:
    """The likeliest intent of the same field as the last topic, if it is worth taking."""
    field = wording.topics[topic].file
    known = {intent: share for intent, share in turn.ranking.items() if is_question(intent, wording)}
    near = {intent: share for intent, share in known.items() if wording.topics[intent].file == field}
    best = max(near, key=lambda intent: near[intent], default=None)
    return best if best and near[best] >= _WORTH_TAKING else None


def _next_best(turn: Turn, instead_of: str) -> str | None:
    rest = {intent: share for intent, share in turn.ranking.items() if intent not in (instead_of, NOT_UNDERSTOOD)}
    best = max(rest, key=lambda intent: rest[intent], default=None)
    return best if best and rest[best] >= _WORTH_TAKING else None
