"""What a message does to a form in chat, as a pure state machine: a message and a form go in, a `Step` comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core import email_address as mail
from bot.core import triage
from bot.core.triage import Impact, Workaround
from bot.services import ticket_fields
from bot.services.dialogue.form import FIELDS, FREE_TEXT, TICKET, Form, ask_next, given, reopened
from bot.services.dialogue.form_interruptions import insists, is_command
from bot.services.dialogue.turn import Turn

_SURE = 0.6
_STORIES = ("incident_p1", "incident_p2", "incident_p3", "incident_p4", "howto", "billing", "create_ticket",
            "support_unknown")
_EMAIL_FAULTS = {
    mail.SPACES: "utter_email_spaces", mail.SEVERAL: "utter_email_several", mail.CHARACTER: "utter_email_character",
    mail.LETTERS: "utter_email_letters", mail.DOMAIN: "utter_email_domain",
}
_FORM_WORDS = ("affirm", "deny", "change_answer", "cancel", "follow_up", "out_of_scope", "nlu_fallback", "dissatisfied")


@dataclass(frozen=True)
class Step:
    """What a message did to the form: `form` is the new one (`None`: over), `complaint` a response about a wrong value,
    with the `values` of its placeholders.

    `done` is `submit` or `result` at the end. A step of `None` (see `advance`) means that the message interrupts.
    """

    form: Form | None
    complaint: str | None = None
    done: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def advance(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    """Take `turn` as the answer to the field asked, or `None` when it is a question of its own."""
    step = _advance(form, turn, cues)
    if step is None or step.form is None:
        return step
    # What was refused before in a row, so that the prompt shows ways out instead of the same again.
    stays = step.form["asked"] == form["asked"] and (step.complaint or step.form == form) and not step.done
    kept = {key: value for key, value in step.form.items() if key != "refused"}
    return replace(step, form={**kept, "refused": form.get("refused", 0) + 1} if stays else kept)


def _advance(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    asked = form["asked"]
    if asked in FREE_TEXT:
        return _free_text(form, turn, cues)
    if asked == "email" and "@" in turn.text:
        return _take_email(form, turn, cues)
    if asked == "change" and "leave_it" in cues:
        return Step(ask_next(form))
    sure = turn.intent == "cancel" and turn.ranking.get("cancel", 1.0) >= _SURE
    if sure or is_command("only_cancel", "cancel", turn, cues):
        return Step(None, "utter_ticket_cancelled")
    if asked == "email" and "no_email" in cues:
        return Step(form, "utter_email_needed")
    wanted = turn.intent == "change_answer" or "change_it" in cues or (
        asked == "confirm" and is_command("only_change", "change_answer", turn, cues))
    if wanted and asked not in given(form) and _names_field(form, turn, cues, (asked,)):
        return Step(form)
    named = _names_field(form, turn, frozenset(), given(form))
    if asked != "change" and (wanted or (named and named != asked) or (named and turn.value("priority"))):
        return _change(form, turn, cues)
    return _TAKE[asked](form, turn, cues)


def _free_text(form: Form, turn: Turn, cues: frozenset[str]) -> Step | None:
    """A subject or a description is whatever was typed, unless that is nothing but a command, or plainly a question."""
    if is_command("only_cancel", "cancel", turn, cues):
        return Step(None, "utter_ticket_cancelled")
    # Until the visitor has given something, nothing can be changed: "Change e-mail address" is the subject.
    changeable = given(form) if form["asked"] == "description" or "description" in form else ()
    if changeable and is_command("only_change", "change_answer", turn, cues):
        if named := _names_field(form, turn, cues, changeable):
            return Step(reopened(form, named))
        if not _names_field(form, turn, cues):
            return Step({**form, "asked": "change"})
    if _asks_something(turn, cues) and not insists(turn):
        return None
    return _TAKE[form["asked"]](form, turn, cues)


def _filled(form: Form, **values: Any) -> Step:
    form = ask_next({key: value for key, value in {**form, **values}.items() if key != "guesses"})
    return Step(form, done="result") if form["asked"] == "result" else Step(form)


def _take_subject(form: Form, turn: Turn, cues: frozenset[str]) -> Step:
    subject = ticket_fields.tidy("subject", turn.text)
    if ticket_fields.fault("subject", subject):
        return Step(form, "utter_wrong_subject")
    return _filled(form, subject=subject, **_evidence(form, turn, cues))


def _take_description(form: Form, turn: Turn, cues: frozenset[str]) -> Step:
    description = ticket_fields.tidy("description", turn.text)
    if ticket_fields.fault("description", description):
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
    """One address without doubt; else what was read is offered, and a yes to a single offer takes it."""
    if "@" in turn.text:
        reading = _read_email(turn, cues)
        if reading.fault is None:
            return _filled(form, email=reading.addresses[0])
        return _doubt(form, reading)
    guesses = form.get("guesses", ())
    form = {key: value for key, value in form.items() if key != "guesses"}
    if len(guesses) == 1 and (turn.intent == "affirm" or "agree" in cues):
        return _filled(form, email=guesses[0])
    if guesses and (turn.intent == "deny" or "disagree" in cues):
        return Step(form)
    return None if _is_topic(turn, cues) else Step(form, "utter_wrong_email")


def _read_email(turn: Turn, cues: frozenset[str]) -> mail.Reading:
    return mail.read(turn.text, lead="address_lead" in cues, tail="address_tail" in cues)


def _doubt(form: Form, reading: mail.Reading) -> Step:
    """The address asked again, with what is wrong with what was typed, and what was read in it."""
    kept = {key: value for key, value in form.items() if key not in ("email", "guesses")}
    guesses = {"guesses": list(reading.addresses)} if reading.addresses else {}
    complaint = _EMAIL_FAULTS.get(reading.fault or "", "utter_wrong_email")
    return Step({**kept, "asked": "email", **guesses}, complaint, values={"character": reading.character})


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
    if form["kind"] == TICKET and "@" in turn.text:
        reading = _read_email(turn, cues)
        return _doubt(form, reading) if reading.fault else _filled(form, email=reading.addresses[0])
    if level := turn.value("priority"):
        return _filled(form, priority=level, chosen=True)
    named = _names_field(form, turn, cues, given(form))
    return Step(reopened(form, named) if named else {**form, "asked": "change"})


def _names_field(form: Form, turn: Turn, cues: frozenset[str], among: tuple[str, ...] | None = None) -> str | None:
    """The field of this form (one `among` these) that the message names. `cues` has words that mean a field only where
    one is expected."""
    fields = FIELDS[form["kind"]] if among is None else among
    named = (*turn.values("field"), *(name for name in fields if f"field_{name}" in cues))
    return next((name for name in named if name in fields), None)


def _asks_something(turn: Turn, cues: frozenset[str]) -> bool:
    """True when the message is a question to Kilat rather than a text for the form."""
    if not turn.is_question or turn.intent in _STORIES:
        return False
    return bool(cues & {"question_mark", "yes_no_start", "yes_no_word", "wh_word"})


def _is_topic(turn: Turn, cues: frozenset[str]) -> bool:
    """True when a choice was asked for and the message is about something else that Kilat knows."""
    return turn.intent not in _FORM_WORDS


_TAKE: dict[str, Callable[[Form, Turn, frozenset[str]], Step | None]] = {
    "subject": _take_subject, "description": _take_description, "email": _take_email, "impact": _take_impact,
    "workaround": _take_workaround, "priority": _take_priority, "confirm": _take_confirm, "change": _take_change,
}
