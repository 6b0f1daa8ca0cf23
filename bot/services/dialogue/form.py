"""The forms in chat, ticket and triage, as a pure state machine: a message and a form go in, the next step comes out.

A form is a plain dict (it lives in one slot): `kind`, the field `asked`, what is filled in, and `key`, the idempotency
key. Fields are asked in the order of `_next_field`; a message that is a question of its own interrupts and the form
goes on after its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.core import triage
from bot.core.triage import Impact, Workaround
from bot.services import ticket
from bot.services.answer import HANDLERS
from bot.services.dialogue.turn import Turn

Form = dict[str, Any]

TICKET, TRIAGE = "ticket", "triage"
# What can be changed, as the prompt `change` offers it.
FIELDS = {TICKET: ("subject", "description", "email", "priority"), TRIAGE: ("impact", "workaround")}
FREE_TEXT = ("subject", "description")
_SURE = 0.6
_STORIES = ("incident_p1", "incident_p2", "incident_p3", "incident_p4", "howto", "billing", "create_ticket",
            "support_unknown")
_FORM_WORDS = ("affirm", "deny", "change_answer", "cancel", "follow_up", "out_of_scope", "nlu_fallback", "dissatisfied")


@dataclass(frozen=True)
class Step:
    """What a message did to the form: `form` is the new one (`None`: over), `complaint` a response about a wrong value.

    `done` is `submit` or `result` at the end. A step of `None` (see `advance`) means that the message interrupts.
    """

    form: Form | None
    complaint: str | None = None
    done: str | None = None


def start(kind: str, turn: Turn) -> Form:
    """A new form; the e-mail comes from the identity where it has one."""
    form: Form = {"kind": kind, "key": key(turn)}
    if email := ticket.own_email(turn.identity):
        form["email"] = email
    return ask_next(form)


def key(turn: Turn) -> str:
    """The idempotency key of what this message begins: the same message again gives the same."""
    return f"{turn.conversation[:80]}:{turn.message_id}"


def ask_next(form: Form) -> Form:
    """The form with its next field as `asked`; a priority is proposed as soon as triage has settled."""
    field = _next_field(form)
    if field in ("priority", "result") and "proposed" not in form:
        form = {**form, "proposed": form.get("priority") or _by_answers(form)}
    return {**form, "asked": field}


def advance(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    """Take `turn` as the answer to the field asked, or `None` when it is a question of its own."""
    field = form["asked"]
    if field == "change" and "leave_it" in cues:
        return Step(ask_next(form))
    if turn.intent == "cancel" and (field not in FREE_TEXT or len(turn.text.split()) <= 6):
        return Step(None, "utter_ticket_cancelled")
    wanted = turn.intent == "change_answer" or "change_it" in cues
    named = _names_field(form, turn) or (turn.value("field") and turn.value("priority"))
    if field != "change" and (wanted or (named and field not in FREE_TEXT)):
        return _change(form, turn, cues)
    if field in FREE_TEXT and _asks_something(turn, cues):
        return None
    return _TAKE[field](form, turn, cues)


def _by_answers(form: Form) -> str:
    return triage.priority(Impact(form["impact"]), Workaround(form["workaround"]) if "workaround" in form else None)


def _next_field(form: Form) -> str:
    if form["kind"] == TICKET:
        for field in ("subject", "description", "email"):
            if field not in form:
                return field
    if "proposed" not in form and "priority" not in form:
        impact = Impact(form["impact"]) if "impact" in form else None
        workaround = Workaround(form["workaround"]) if "workaround" in form else None
        if question := triage.next_question(impact, workaround):
            return question
    if form["kind"] == TRIAGE:
        return "result"
    return "confirm" if "priority" in form else "priority"


def _filled(form: Form, **values: Any) -> Step:
    form = ask_next({**form, **values})
    return Step(form, done="result") if form["asked"] == "result" else Step(form)


def _take_subject(form: Form, turn: Turn, cues: frozenset[str]) -> Step:
    subject = ticket.tidy("subject", turn.text)
    if ticket.fault("subject", subject):
        return Step(form, "utter_wrong_subject")
    return _filled(form, subject=subject, **_evidence(form, turn, cues))


def _take_description(form: Form, turn: Turn, cues: frozenset[str]) -> Step:
    description = ticket.tidy("description", turn.text)
    if ticket.fault("description", description):
        return Step(form, "utter_wrong_description")
    return _filled(form, description=description, **_evidence(form, turn, cues, final=True))


def _evidence(form: Form, turn: Turn, cues: frozenset[str], *, final: bool = False) -> Form:
    """What a story tells of its priority: kept as a hint from the subject, settled with the description when sure."""
    level, mass = turn.severity or ("", 0.0)
    hint = form.get("hint")
    if not final:
        return {"hint": level} if mass >= _SURE else {}
    if "priority" in form or "proposed" in form:
        return {}
    troubles = (impact for impact in Impact if impact is not Impact.REQUEST)
    named = next((impact for impact in troubles if f"choice_{impact.value}" in cues), None)
    if mass >= _SURE:
        return {"proposed": level, "story": True}
    if named and named is not Impact.IMPAIRED:
        return {"impact": named.value, "story": True}
    if hint and (not level or level == hint):
        return {"proposed": hint, "story": True}
    return {}


def _take_email(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    candidate = (turn.value("email") or turn.text).strip(" .,;<>")
    if not ticket.fault("email", candidate):
        return _filled(form, email=candidate)
    if "@" not in turn.text and _is_topic(turn, cues):
        return None
    return Step(form, "utter_wrong_email")


def _take_impact(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    named = [impact for impact in Impact if f"choice_{impact.value}" in cues]
    if len(named) == 1:
        return _filled(form, impact=named[0].value)
    if turn.severity and turn.severity[1] >= 0.3:
        return _filled(form, impact=triage.IMPACT_OF[turn.severity[0]].value)
    if turn.value("priority") and form["kind"] == TICKET:
        return _filled(form, priority=turn.value("priority"), chosen=True)
    return None if _is_topic(turn, cues) else Step(form, "utter_wrong_choice")


def _take_workaround(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    for workaround in (Workaround.PARTIAL, Workaround.NONE, Workaround.FULL):
        if f"workaround_{workaround.value}" in cues:
            return _filled(form, workaround=workaround.value)
    if turn.intent in ("affirm", "deny"):
        return _filled(form, workaround=(Workaround.FULL if turn.intent == "affirm" else Workaround.NONE).value)
    return None if _is_topic(turn, cues) else Step(form, "utter_wrong_choice")


def _take_priority(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    if _asks_something(turn, cues):
        return None
    if level := turn.value("priority"):
        return _filled(form, priority=level, chosen=level != form.get("proposed"))
    if turn.intent == "affirm" or "agree" in cues:
        return _filled(form, priority=form["proposed"])
    return None if _is_topic(turn, cues) else Step(form, "utter_wrong_choice")


def _take_confirm(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    if _asks_something(turn, cues):
        return None
    if "disagree" in cues or turn.intent == "deny":
        return Step({**form, "asked": "change"})
    if turn.intent == "affirm" or "agree" in cues:
        return Step(form, done="submit")
    return None if _is_topic(turn, cues) else Step(form, "utter_wrong_choice")


def _take_change(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    """The field to change; a message that names none is a question of its own, or the wish to leave all as it is."""
    if _asks_something(turn, cues):
        return None
    step = _change(form, turn, cues)
    if step.form != form:
        return step
    if _is_topic(turn, cues):
        return None
    leaves_it = turn.intent == "deny" or "disagree" in cues
    return Step(ask_next(form)) if leaves_it else Step(form, "utter_wrong_choice")


def _change(form: Form, turn: Turn, cues: frozenset[str]) -> Step:
    """Open a field again, or ask which one; a new value in the same message is taken at once."""
    if (email := turn.value("email")) and form["kind"] == TICKET:
        return _filled(form, email=email)
    if level := turn.value("priority"):
        return _filled(form, priority=level, chosen=True)
    field = _names_field(form, turn, cues)
    if field is None:
        return Step({**form, "asked": "change"})
    dropped = {"priority": ("priority", "proposed", "impact", "workaround", "story", "chosen", "hint"),
               "impact": ("impact", "workaround")}.get(field, (field,))
    if field == "priority" and "proposed" in form:
        dropped = ("priority", "chosen")
    return Step(ask_next({key: value for key, value in form.items() if key not in dropped}))


def _names_field(form: Form, turn: Turn, cues: frozenset[str] = frozenset()) -> str | None:
    """The field of this form that the message names. `cues` has words that mean a field only where one is expected."""
    fields = FIELDS[form["kind"]]
    named = (*turn.values("field"), *(field for field in fields if f"field_{field}" in cues))
    return next((field for field in named if field in fields), None)


def _asks_something(turn: Turn, cues: frozenset[str]) -> bool:
    """True when the message is a question to Kilat rather than a text for the form."""
    if turn.intent not in HANDLERS or turn.intent in _STORIES:
        return False
    return bool(cues & {"question_mark", "yes_no_start", "yes_no_word", "wh_word"})


def _is_topic(turn: Turn, cues: frozenset[str]) -> bool:
    """True when a choice was asked for and the message is about something else that Kilat knows."""
    return turn.intent not in _FORM_WORDS


_TAKE: dict[str, Callable[[Form, Turn, frozenset[str]], Step | None]] = {
    "subject": _take_subject, "description": _take_description, "email": _take_email, "impact": _take_impact,
    "workaround": _take_workaround, "priority": _take_priority, "confirm": _take_confirm, "change": _take_change,
}
