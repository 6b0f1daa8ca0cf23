"""The notice before the first message, where there is one: every complete language has it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.wording import NOTICE
from bot.languages import COMPLETE, LANGUAGES
from bot.tools.content_checks.placeholders import slips
from bot.tools.content_checks.yaml_lines import read

# It stands above the conversation, and should leave room for it.
MOST_CHARACTERS = 400


def check(data: Path) -> Iterator[str]:
    """The texts by language."""
    if not (data / NOTICE).exists():
        return
    file = read(data / NOTICE)
    texts = file.entries()
    for language in COMPLETE:
        if language not in texts:
            yield file.problem(f"the notice is missing in {language}. Add it, or remove the file.")
    for language, text in texts.items():
        if language not in LANGUAGES:
            yield text.problem(f"{language} is none of the languages. Use {', '.join(LANGUAGES)}.")
        yield from slips(f"the notice ({language})", text)
        if len(text.text) > MOST_CHARACTERS:
            yield text.problem(f"the notice ({language}) has {len(text.text)} characters. Write {MOST_CHARACTERS} at "
                               "most, and the rest on the page behind KILAT_PRIVACY_URL.")
