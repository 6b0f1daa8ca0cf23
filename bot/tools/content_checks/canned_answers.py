"""Canned answers: every complete language, the same placeholders in each, none that nobody fills in, no id twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.canned_answers import PLACEHOLDERS
from bot.languages import COMPLETE, LANGUAGES
from bot.tools.content_checks.placeholders import differences, placeholders, slips
from bot.tools.content_checks.yaml_lines import Part, files

_KEYS = ("id", "title", "text")


def check(data: Path) -> Iterator[str]:
    """Each answer by itself, then the ids against each other."""
    known: dict[str, Part] = {}
    for file in files(data / "canned"):
        for answer in file.items():
            name = answer.entry("id")
            if name.text in known:
                yield name.problem(f"the canned answer {name.text} stands in {known[name.text].at}, too. Rename one.")
            known[name.text] = name
            for key, _ in answer.pairs():
                if key.text not in _KEYS:
                    yield key.problem(f"{name.text}: {key.text} is no key here. Use one of: {', '.join(_KEYS)}.")
            for part in ("title", "text"):
                yield from _in_every_language(f"{name.text}.{part}", answer.entry(part))


def _in_every_language(name: str, part: Part) -> Iterator[str]:
    texts = part.entries()
    for language in COMPLETE:
        if language not in texts:
            yield part.problem(f"{name} lacks the language {language}. Add it.")
    for language, text in texts.items():
        if language not in LANGUAGES:
            yield text.problem(f"{name}: {language} is no language here. Use one of: {', '.join(LANGUAGES)}.")
        yield from slips(f"{name}.{language}", text)
        for placeholder in sorted(placeholders(text) - PLACEHOLDERS):
            allowed = ", ".join(f"{{{known}}}" for known in sorted(PLACEHOLDERS))
            yield text.problem(f"{name}: nobody fills in {{{placeholder}}}. Use one of: {allowed}.")
    first, *others = (texts[language] for language in LANGUAGES if language in texts)
    for other in others:
        yield from differences(name, first, other)
