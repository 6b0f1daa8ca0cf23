"""What a form says: the prompt of each field, the ticket's summary and its end."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answer import Bubble, Button
from bot.core.facts import Facts
from bot.core.triage import Impact, Workaround
from bot.services.answer.priority import staffing_line, times_line
from bot.services.dialogue.form import Form, given
from bot.services.dialogue.turn import Turn
from bot.services.ticket_fields import has_times
from bot.services.wording import Words

_SHOWN = 300
# Refused answers in a row before the ways out are shown.
_PATIENCE = 2
_NO_MARKUP = str.maketrans("<>", "‹›")


def prompt(form: Form, words: Words) -> Bubble:
    """The question for the field asked; with ways out where the answer was refused more than once in a row."""
    asked = _asked(form, words)
    if form.get("refused", 0) < _PATIENCE:
        return asked
    person = Button(words.title("talk_to_human"), "/talk_to_human")
    buttons = (*asked.buttons, *(b for b in _buttons(words, "cancel") if b not in asked.buttons), person)
    return replace(asked, text=f"{asked.text}\n{words.say('utter_form_stuck')}", buttons=buttons)


def _asked(form: Form, words: Words) -> Bubble:
    field = form["asked"]
    if field == "priority":
        return _propose(form, words)
    if field == "confirm":
        values = {"subject": as_text(form["subject"]), "description": as_text(form["description"][:_SHOWN]),
                  "email": form["email"], "priority": form["priority"].upper()}
        return Bubble(words.say("utter_confirm_ticket", values), _buttons(words, "send", "change", "cancel"))
    if field == "change":
        return _what_to_change(form, words)
    if field == "email" and (guesses := form.get("guesses")):
        response = "utter_guess_email" if len(guesses) == 1 else "utter_choose_email"
        return Bubble(words.say(response, {"email": guesses[0]}), tuple(Button(guess, guess) for guess in guesses))
    return Bubble(words.say(f"utter_ask_ticket_{field}"), _choices(field, words))


def as_text(typed: str) -> str:
    """What a visitor typed, safe to say back in any client: angle brackets become typographic ones."""
    return typed.translate(_NO_MARKUP)


def triage_result(form: Form, facts: Facts, words: Words) -> Bubble:
    """The priority that the triage questions led to."""
    level = facts.priorities[form["proposed"]]
    values = {
        "priority": level.key.upper(),
        "definition": words.name("priority_definition", level.key),
        "times": times_line(level, words),
        "staffing": staffing_line(level, words),
        "source": words.source(level.definition_source),
    }
    ticket = Button(words.title("create_ticket"), "/create_ticket")
    person = Button(words.title("talk_to_human"), "/talk_to_human")
    return Bubble(words.say("utter_triage_result", values), (ticket, person))


def promised_times(form: Form, turn: Turn, facts: Facts, words: Words) -> str:
    """The response times of the ticket's priority; empty where the plan promises none."""
    return times_line(facts.priorities[form["priority"]], words) if has_times(turn.identity, facts) else ""


def evidence(form: Form, words: Words) -> str:
    """Why this priority: the visitor's story, their answers, or their own choice."""
    level = form.get("priority") or form["proposed"]
    if form.get("chosen"):
        return words.phrase("evidence_visitor")
    key = "evidence_story" if form.get("story") else "evidence_answers"
    return words.phrase(key, short=words.name("priority_short", level))


def _propose(form: Form, words: Words) -> Bubble:
    proposed = form["proposed"]
    values = {"priority": proposed.upper(), "evidence": evidence(form, words)}
    others = [level for level in ("p1", "p2", "p3", "p4") if level != proposed][:2]
    buttons = (*_buttons(words, "yes"), *(Button(level.upper(), level.upper()) for level in others))
    return Bubble(words.say("utter_propose_priority", values), buttons)


def _what_to_change(form: Form, words: Words) -> Bubble:
    fields = [words.phrase(f"field_{field}") for field in given(form)]
    buttons = (*(Button(field, field) for field in fields), *_buttons(words, "back"))
    return Bubble(words.say("utter_what_to_change", {"fields": words.any_of(fields)}), buttons)


def _choices(field: str, words: Words) -> tuple[Button, ...]:
    """The choices of a triage question; choosing one sends its words."""
    impacts, workarounds = [f"impact_{i.value}" for i in Impact], [f"workaround_{w.value}" for w in Workaround]
    options = {"impact": impacts, "workaround": workarounds}
    titles = [words.phrase(key) for key in options.get(field, ())]
    return tuple(Button(title, title) for title in titles)


def _buttons(words: Words, *names: str) -> tuple[Button, ...]:
    titles = [words.phrase(f"button_{name}") for name in names]
    return tuple(Button(title, title) for title in titles)
