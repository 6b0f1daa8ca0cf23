"""Answers to questions about support: the function named after the intent, or else the intent's response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

from bot.core.answer import Answer
from bot.core.facts import Facts
from bot.core.question import Question
from bot.services.answer import channels, incident, phone, plans, priority
from bot.services.wording import Words

Handler = Callable[[Question, Facts, Words], Answer]

# By the `file` of a topic in data/topics.yml.
MODULES: Mapping[str, ModuleType] = {
    "channels": channels, "incident": incident, "phone": phone, "plans": plans, "priority": priority,
}


def handler(intent: str, file: str) -> Handler | None:
    """The function named `intent` in the module of the topic's `file`; `None` where the response alone answers."""
    found: Handler | None = getattr(MODULES.get(file), intent, None)
    return found


def answer(question: Question, facts: Facts, words: Words) -> Answer:
    """The answer to `question`: by the intent's function, else the response `utter_<intent>`."""
    topic = question.topic
    found = handler(topic, words.wording.topics[topic].file)
    return found(question, facts, words) if found else Answer(f"utter_{topic}")
