"""The ticket form that is filled in at once, for clients that show it: what it begins with, and what comes of it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from bot.core.answer import Bubble
from bot.core.facts import Facts
from bot.services import ticket_fields
from bot.services.dialogue.form import TICKET, Form, key
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.wording import Words

_LONGEST_PROPOSED_SUBJECT = 80
_STORIES = "incident_"


def ticket_form(response: str, turn: Turn, state: State, facts: Facts, words: Words, *, story: str = "") -> Bubble:
    """The bubble with the form; `story` is what the visitor has told of their trouble."""
    lead = words.say(response)
    if state.files:
        lead = f"{lead}\n{words.phrase('ticket_has_files')}"
    card = {
        "type": "ticket_form",
        "lead": lead,
        "values": _known(turn, state, story),
        "rules": {field: {"min": least, "max": most} for field, (least, most) in ticket_fields.LIMITS.items()},
        "priorities": [{"key": level, "title": _title(level, words)} for level in facts.priorities],
    }
    return Bubble(lead, card=card)


def told_trouble(state: State) -> str:
    """The text of the trouble that the conversation is about; empty when it is about something else.

    After a hand-off the topic is the hand-off, and what was asked before it is the likeliest trouble.
    """
    topic = state.topic or ""
    after_hand_off = topic == "talk_to_human" and state.incident is not None
    return state.asked if topic.startswith(_STORIES) or after_hand_off else ""


def filled(values: Mapping[str, str], turn: Turn, state: State) -> Form:
    """The submitted values as the form in chat would hold them."""
    own_choice = values[ticket_fields.PRIORITY] != state.incident
    return {
        "kind": TICKET,
        "key": key(turn),
        **{field: ticket_fields.tidy(field, values[field]) for field in ticket_fields.FIELDS},
        **({"chosen": True} if own_choice else {"story": True}),
    }


def _known(turn: Turn, state: State, story: str) -> dict[str, str]:
    story = "" if story.startswith("/") else story
    subject = textwrap.shorten(story, _LONGEST_PROPOSED_SUBJECT, placeholder="…")
    known = {"subject": subject, "description": story, "email": ticket_fields.own_email(turn.identity),
             ticket_fields.PRIORITY: state.incident}
    return {field: value for field, value in known.items() if value and not ticket_fields.fault(field, value)}


def _title(level: str, words: Words) -> str:
    return words.phrase("priority_choice", priority=level.upper(), short=words.name("priority_short", level))
