"""Canned answers have a title and a text each, and no placeholders that nobody fills in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.canned_answers import PLACEHOLDERS
from bot.languages import LANGUAGES
from bot.tools.content_checks import locales
from bot.tools.content_checks.placeholders import placeholders

_PARTS = ("title", "text")


def check(data: Path) -> Iterator[str]:
    """Check the canned answers of each language."""
    for language in LANGUAGES:
        texts = locales.texts(data, language, "canned")
        for (file, key), text in texts.items():
            answer, _, part = key.rpartition(".")
            if part not in _PARTS:
                yield text.problem(f"{key} is no key here. Use one of: {', '.join(_PARTS)}.")
            for other in _PARTS:
                if (file, f"{answer}.{other}") not in texts:
                    yield text.problem(f"{answer} has no {other}. Add it.")
            for placeholder in sorted(placeholders(text) - PLACEHOLDERS):
                allowed = ", ".join(f"{{{known}}}" for known in sorted(PLACEHOLDERS))
                yield text.problem(f"{key}: nobody fills in {{{placeholder}}}. Use one of: {allowed}.")
