"""The notice before the first message, if there is one, is short."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.languages import LANGUAGES
from bot.tools.content_checks import locales

# The notice stands above the conversation, and should leave room for it.
MOST_CHARACTERS = 400


def check(data: Path) -> Iterator[str]:
    """Check its length in each language."""
    for language in LANGUAGES:
        for text in locales.texts(data, language, "notice").values():
            if len(text.text) > MOST_CHARACTERS:
                yield text.problem(f"the notice has {len(text.text)} characters. Write {MOST_CHARACTERS} at most, and "
                                   "the rest on the page behind KILAT_PRIVACY_URL.")
