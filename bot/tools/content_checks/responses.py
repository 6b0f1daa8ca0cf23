"""The responses are those that the code says, with placeholders that the code fills."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.locales import FOLDER
from bot.adapters.yaml_reader import read
from bot.languages import LANGUAGES
from bot.services.dialogue.intent_kinds import needs_response
from bot.tools.content_checks import code_usage, locales
from bot.tools.content_checks.placeholders import placeholders

# Topics that the code appends to a bare `utter_`, beside intents that their response alone answers.
_BY_TOPIC = ("out_of_scope", "dissatisfied", "help_center", "chatbot", "community")


def check(data: Path) -> Iterator[str]:
    """Check the placeholders of every language, then compare the responses of the first language with the code."""
    for language in LANGUAGES:
        for (_, name), text in locales.texts(data, language, "responses").items():
            for hole in sorted(placeholders(text) - code_usage.placeholders()):
                yield text.problem(f"{name}: no code fills {{{hole}}}. Use a placeholder that other responses use.")
    responses = {name: text for (_, name), text in locales.texts(data, LANGUAGES[0], "responses").items()}
    folder = data / FOLDER / LANGUAGES[0] / "responses"
    bare = [use for use in code_usage.responses() if use.name == code_usage.RESPONSE]
    uses = [use for use in code_usage.responses() if use not in bare]
    alone = {f"{code_usage.RESPONSE}{name}" for name, topic in read(data / "topics.yml").entries().items()
             if needs_response(name, topic.entry("file").text)}
    uses += [code_usage.Use(f"{code_usage.RESPONSE}{topic}", False, use.at) for use in bare for topic in _BY_TOPIC]
    for name in sorted(alone - responses.keys()):
        yield (f"{folder}:1: there is no {name}, which answers its intent. Add it to the file of its topic, or write a "
               "function of the intent's name in bot/services/answer.")
    for name, at in {use.name: use.at for use in uses if not any(use.means(key) for key in responses)}.items():
        yield f"{folder}:1: there is no {name}, which {at} says. Add it to the file of its topic."
    for name, text in responses.items():
        if name not in alone and not any(use.means(name) for use in uses):
            yield text.problem(f"no code says {name}. Remove it in every language, or use it.")
