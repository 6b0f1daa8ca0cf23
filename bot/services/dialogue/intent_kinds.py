"""The three kinds of intent: what the dialogue manager answers itself, small talk, and questions about support.

Small talk has one response, whatever was said before. The answer to a question is remembered: it can be repeated, and
a follow-up may change a value in it.
"""

from __future__ import annotations

from bot.services.answer import handler
from bot.services.wording import Wording

# `DialogueManager._answer` names each of them.
BY_MANAGER = frozenset(
    {"cancel", "change_answer", "create_ticket", "dissatisfied", "follow_up", "out_of_scope", "repeat", "sent_file",
     "switch_language", "talk_to_human", "triage_start"}
)
_SMALL_TALK = frozenset({"smalltalk", "trouble"})


def is_question(intent: str | None, wording: Wording) -> bool:
    """True where `bot.services.answer` answers `intent`; false without an intent."""
    return _is_answered(intent, wording, small_talk=False)


def is_small_talk(intent: str, wording: Wording) -> bool:
    """True where the response `utter_<intent>` is all that is ever said to `intent`."""
    return _is_answered(intent, wording, small_talk=True)


def needs_response(intent: str, file: str) -> bool:
    """True where `utter_<intent>` must be among the responses: no code answers this intent of a topic's `file`."""
    return intent not in BY_MANAGER and handler(intent, file) is None


def _is_answered(intent: str | None, wording: Wording, *, small_talk: bool) -> bool:
    topic = wording.topics.get(intent or "")
    return topic is not None and intent not in BY_MANAGER and (topic.file in _SMALL_TALK) == small_talk
