"""What is said to people in trouble, by the kind of it, and about secrets that they typed."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answer import Bubble
from bot.services.dialogue.turn import Turn
from bot.services.wording import Wording, Words

# The kinds of danger, each with a cue and a phrase of its name, in the order in which they are said.
_DANGERS = ("home", "child", "blackmail", "intruder")


def in_trouble(intent: str, cues: frozenset[str], words: Words) -> tuple[str, dict[str, str]]:
    """The response to a trouble of people, with the values of its placeholders."""
    if intent == "distress" and "grief" in cues:
        return "utter_grief", {}
    if intent == "danger":
        kinds = [kind for kind in _DANGERS if f"danger_{kind}" in cues]
        return "utter_danger", {"advice": " ".join(words.phrase(f"danger_{kind}") for kind in kinds)}
    return f"utter_{intent}", {}


def without_secrets(turn: Turn, wording: Wording) -> Turn:
    """The same turn without the secrets in its text."""
    return turn if turn.text.startswith("/") else replace(turn, text=wording.personal.cover(turn.text))


def warning(words: Words, *, in_form: bool) -> Bubble:
    """What to do about a secret that was typed."""
    return Bubble(words.say("utter_secret_in_form" if in_form else "utter_secret"))
