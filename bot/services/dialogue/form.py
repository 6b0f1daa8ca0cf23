"""The forms in chat, ticket and triage: what is filled in, and what is asked next. `form_steps` takes the answers.

A form is a plain dict (it lives in one slot): `kind`, the field `asked`, what is filled in, and `key`, the idempotency
key. Fields are asked in the order of `_next_field`; a message that is a question of its own interrupts and the form
goes on after its answer.
"""

from __future__ import annotations

from typing import Any

from bot.core import triage
from bot.core.triage import Impact, Workaround
from bot.services import ticket_fields
from bot.services.dialogue.turn import Turn

Form = dict[str, Any]

TICKET, TRIAGE = "ticket", "triage"
# What can be changed, as the prompt `change` offers it.
FIELDS = {TICKET: ("subject", "description", "email", "priority"), TRIAGE: ("impact", "workaround")}
FREE_TEXT = ("subject", "description")
# All that a form may ask for, in the order in which it does; `change` at any time.
ASKED = {TICKET: ("subject", "description", "email", "impact", "workaround", "priority", "confirm", "change"),
         TRIAGE: ("impact", "workaround", "change")}


def start(kind: str, turn: Turn) -> Form:
    """A new form; the e-mail comes from the identity where it has one."""
    form: Form = {"kind": kind, "key": key(turn)}
    if email := ticket_fields.own_email(turn.identity):
        form["email"] = email
    return ask_next(form)


def key(turn: Turn) -> str:
    """The idempotency key of what this message begins: the same message again gives the same."""
    return f"{turn.conversation_id[:80]}:{turn.message_id}"


def ask_next(form: Form) -> Form:
    """The form with its next field as `asked`; a priority is proposed as soon as triage has settled."""
    asked = _next_field(form)
    if asked in ("priority", "result") and "proposed" not in form:
        form = {**form, "proposed": form.get("priority") or _by_answers(form)}
    return {**form, "asked": asked}


def refused(form: Form) -> Form:
    """The form, asking the same once more."""
    return {**form, "refused": form.get("refused", 0) + 1}


def given(form: Form) -> tuple[str, ...]:
    """The fields that have a value, so that it can be changed; in triage both questions."""
    if form["kind"] == TRIAGE:
        return FIELDS[TRIAGE]
    return tuple(name for name in FIELDS[form["kind"]] if name in form or (name == "priority" and "proposed" in form))


def reopened(form: Form, named: str) -> Form:
    """The form without the value of this field, and without what was concluded from it."""
    dropped = {"priority": ("priority", "proposed", "impact", "workaround", "story", "chosen", "hint"),
               "impact": ("impact", "workaround")}.get(named, (named,))
    if named == "priority" and "proposed" in form:
        dropped = ("priority", "chosen")
    return ask_next({key: value for key, value in form.items() if key not in dropped})


def _by_answers(form: Form) -> str:
    return triage.priority(Impact(form["impact"]), Workaround(form["workaround"]) if "workaround" in form else None)


def _next_field(form: Form) -> str:
    if form["kind"] == TICKET:
        for name in ("subject", "description", "email"):
            if name not in form:
                return name
    if "proposed" not in form and "priority" not in form:
        impact = Impact(form["impact"]) if "impact" in form else None
        workaround = Workaround(form["workaround"]) if "workaround" in form else None
        if question := triage.next_question(impact, workaround):
            return question
    if form["kind"] == TRIAGE:
        return "result"
    return "confirm" if "priority" in form else "priority"
