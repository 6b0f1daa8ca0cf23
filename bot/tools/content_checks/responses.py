"""The responses are those that the code says, with placeholders that the code fills."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.locales import FOLDER
from bot.adapters.yaml_reader import YamlNode, read
from bot.languages import LANGUAGES
from bot.services.dialogue.intent_kinds import needs_response
from bot.tools.content_checks import code_usage, locales
from bot.tools.content_checks.placeholders import placeholders

# In every response.
_ALWAYS_FILLED = frozenset({"source"})
# Topics that the code appends to a bare `utter_`, beside intents that their response alone answers.
_BY_TOPIC = ("out_of_scope", "dissatisfied", "help_center", "chatbot", "community")


def check(data: Path) -> Iterator[str]:
    """Check the placeholders of every language, then compare the responses of the first language with the code."""
    files = {name: topic.entry("file").text for name, topic in read(data / "topics.yml").entries().items()}
    alone = {f"{code_usage.RESPONSE}{name}": (name, file) for name, file in files.items() if needs_response(name, file)}
    said = {use.name for use in code_usage.responses()}
    for language in LANGUAGES:
        for (_, name), text in locales.texts(data, language, "responses").items():
            for hole in sorted(placeholders(text) - code_usage.placeholders()):
                yield text.problem(f"{name}: no code fills {{{hole}}}. Use a placeholder that other responses use.")
            if name in alone and name not in said:
                yield from _without_function(text, *alone[name])
    responses = {name: text for (_, name), text in locales.texts(data, LANGUAGES[0], "responses").items()}
    folder = data / FOLDER / LANGUAGES[0] / "responses"
    bare = [use for use in code_usage.responses() if use.name == code_usage.RESPONSE]
    uses = [use for use in code_usage.responses() if use not in bare]
    uses += [code_usage.Use(f"{code_usage.RESPONSE}{topic}", False, use.at) for use in bare for topic in _BY_TOPIC]
    for name in sorted(alone.keys() - responses.keys()):
        intent, file = alone[name]
        yield (f"{folder / file}.yml:1: there is no {name}, which answers its intent. Add it, or write a function "
               f"{intent} in bot/services/answer.")
    for name, at in {use.name: use.at for use in uses if not any(use.means(key) for key in responses)}.items():
        yield f"{folder}:1: there is no {name}, which {at} says. Add it to the file of its topic."
    for name, text in responses.items():
        if name not in alone and not any(use.means(name) for use in uses):
            yield text.problem(f"no code says {name}. Remove it in every language, or use it.")


def _without_function(text: YamlNode, intent: str, file: str) -> Iterator[str]:
    """Check that the response that alone answers `intent` needs no function: nothing else would fill it."""
    for hole in sorted(placeholders(text) & code_usage.placeholders() - _ALWAYS_FILLED):
        yield text.problem(f"only a function fills {{{hole}}}, and {intent} has none. Leave it out, or write "
                           f"the function {intent} in bot/services/answer/{file}.py.")
