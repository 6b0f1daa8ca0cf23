"""What stops a form that waits for an answer: a person, a crisis, another language, no time; and what it must not pass
over in silence."""

from __future__ import annotations

from bot.services.dialogue.form import FREE_TEXT, Form
from bot.services.dialogue.turn import Turn

# A trouble whose words only sound like it must not interrupt a form.
_CERTAIN = 0.8
_NOTHING_KNOWN = ("out_of_scope", "nlu_fallback")


def wants_person(form: Form, turn: Turn) -> bool:
    """True for the wish for a person; where free text is asked, the same words once more are the text."""
    return turn.intent == "talk_to_human" and not _is_text(form, turn)


def in_crisis(form: Form, turn: Turn) -> bool:
    """True for who wants to die: no form goes on over that, unless the same words once more are its text."""
    return _is_certain("self_harm", turn) and not _is_text(form, turn)


def is_its_text(form: Form, turn: Turn, cues: frozenset[str]) -> bool:
    """True where free text is asked and a message with a language's name is more than the wish for that language."""
    asks = turn.value("target_language") is not None and cues & {"question_mark", "yes_no_start", "yes_no_word"}
    wishes = is_command("only_switch_language", "switch_language", turn, cues) or asks
    return form["asked"] in FREE_TEXT and (not wishes or insists(turn))


def postpones(turn: Turn, cues: frozenset[str], head: frozenset[str]) -> bool:
    """True for who has no time now. `head` are the cues of the first clause: "later, I'm in a meeting"."""
    return "only_later" in cues or ("only_later" in head and turn.intent in ("cancel", "goodbye"))


def cancels(form: Form, turn: Turn, head: frozenset[str]) -> bool:
    """True where free text is asked for a cancellation with its reason: "never mind, a restart fixed it"; not for a
    story that begins so."""
    is_story = turn.is_question or turn.intent in _NOTHING_KNOWN
    return form["asked"] in FREE_TEXT and "only_cancel" in head and not is_story


def is_in_danger(form: Form, turn: Turn) -> bool:
    """True where the ticket's text tells of people in danger: the form goes on, after a word on what comes first."""
    return form["asked"] in FREE_TEXT and _is_certain("danger", turn) and not form.get("warned")


def points_to_file(form: Form, turn: Turn) -> bool:
    """True where a picture is to stand for the text; the same words once more are the text."""
    return form["asked"] in FREE_TEXT and _is_certain("sent_file", turn) and not insists(turn)


def _is_certain(intent: str, turn: Turn) -> bool:
    return turn.intent == intent and turn.ranking.get(intent, 1.0) >= _CERTAIN


def _is_text(form: Form, turn: Turn) -> bool:
    return form["asked"] in FREE_TEXT and insists(turn)


def is_command(name: str, intent: str, turn: Turn, cues: frozenset[str]) -> bool:
    """True when the message is nothing but this command; one with a slip in it must be understood as such, too."""
    return name in cues or (f"nearly_{name}" in cues and turn.intent == intent)


def insists(turn: Turn) -> bool:
    """True when the visitor says word by word what they said just before."""
    return bool(turn.history) and turn.history[-1].split() == turn.text.split()
