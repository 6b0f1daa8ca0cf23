"""Responses: each once, in every complete language, with the same placeholders, and all of them used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.languages import COMPLETE, LANGUAGES
from bot.tools.content_checks import code_usage
from bot.tools.content_checks.placeholders import differences, placeholders, slips
from bot.tools.content_checks.yaml_lines import Part, files

# What the code puts behind a bare `utter_`, beside the intents of one response: refusals, and the channels open to all.
_BY_TOPIC = ("out_of_scope", "dissatisfied", "help_center", "chatbot", "community")


def check(data: Path) -> Iterator[str]:
    """Keys, variants, placeholders, and agreement with the code."""
    responses: dict[str, Part] = {}
    for file in files(data / "responses"):
        for key, variants in file.entry("responses").pairs():
            if key.text in responses:
                yield key.problem(f"{key.text} stands at {responses[key.text].at} too. Keep one of them.")
            responses[key.text] = key
            yield from _variants(key.text, variants)
    yield from _against_code(data, responses)


def _variants(name: str, variants: Part) -> Iterator[str]:
    texts: dict[str | None, Part] = {}
    for variant in variants.items():
        conditions = variant.entries().get("condition")
        language = _language(conditions) if conditions else None
        if language in texts:
            which = f"for {language}" if language else "without a condition"
            yield variant.problem(f"{name} has two variants {which}. Keep one of them.")
        text = texts[language] = variant.entry("text")
        yield from slips(name, text)
        for placeholder in sorted(placeholders(text) - code_usage.placeholders()):
            yield text.problem(f"{name}: no code fills {{{placeholder}}}. Use a placeholder that other responses use.")
    for language in (None, *COMPLETE[1:]):
        if language not in texts:
            what = f"for {language}" if language else f"without a condition ({LANGUAGES[0]})"
            yield variants.problem(f"{name} has no variant {what}. Add one.")
    for language in (language for language in texts if language and None in texts):
        if language in LANGUAGES:
            yield from differences(name, texts[None], texts[language])
        else:
            yield texts[language].problem(f"{name}: {language} is none of {', '.join(LANGUAGES)}. Mend it.")


def _language(conditions: Part) -> str:
    """The language that a variant is for: the only condition there is."""
    given = [{key: value.text for key, value in condition.entries().items()} for condition in conditions.items()]
    is_language = len(given) == 1 and (given[0].get("type"), given[0].get("name")) == ("slot", "language")
    return given[0].get("value", "") if is_language else f"the condition in line {conditions.line}"


def _against_code(data: Path, responses: dict[str, Part]) -> Iterator[str]:
    uses = [use for use in code_usage.responses() if use.name != code_usage.RESPONSE]
    uses += [code_usage.Use(f"{code_usage.RESPONSE}{topic}", False, use.at) for use in code_usage.responses()
             if use.name == code_usage.RESPONSE for topic in (*code_usage.constant("ONE_RESPONSE"), *_BY_TOPIC)]
    for name, at in {use.name: use.at for use in uses if not any(use.means(key) for key in responses)}.items():
        yield f"{data / 'responses'}:1: there is no {name}, which {at} says. Add it to the file of its topic."
    for name, key in responses.items():
        if not any(use.means(name) for use in uses):
            yield key.problem(f"no code says {name}. Remove it, or use it.")
