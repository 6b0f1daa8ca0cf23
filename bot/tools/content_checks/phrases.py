"""The phrases are those that the code uses, and cues are regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.locales import FOLDER
from bot.adapters.yaml_reader import YamlNode, read
from bot.core.customer import ROLES
from bot.core.entitlement import Reason
from bot.core.triage import Impact, Workaround
from bot.languages import LANGUAGES
from bot.tools.content_checks import code_usage, locales
from bot.tools.content_checks.placeholders import placeholders

# Names that the code makes of values; an f-string shows only the beginning of a name.
_COMPUTED = {
    *(f"impact_{impact.value}" for impact in Impact),
    *(f"workaround_{workaround.value}" for workaround in Workaround),
    *(f"reason_{reason.value}" for reason in Reason if reason not in (Reason.GRANTED, Reason.SIGN_IN)),
    *(f"who_{role}{licence}" for role in (*ROLES, "user") for licence in ("", "_licensed", "_unlicensed")),
}


def check(data: Path) -> Iterator[str]:
    """Compare the phrases of the first language with the code, then check the cues."""
    phrases = {name: text for (_, name), text in locales.texts(data, LANGUAGES[0], "phrases").items()}
    uses = [*code_usage.phrases(), *(code_usage.Use(name, False, "the code") for name in sorted(_COMPUTED))]
    for use in uses:
        if not any(use.means(name) for name in phrases):
            file = data / FOLDER / LANGUAGES[0] / "phrases.yml"
            yield f"{file}:1: there is no phrase {use.name}, which {use.at} uses. Add it in every language."
        elif use.given is not None and not use.is_prefix:
            text = phrases[use.name]
            for placeholder in sorted(placeholders(text) - use.given):
                yield text.problem(f"{use.name}: {use.at} does not fill {{{placeholder}}}. Remove it here, or fill it.")
    for name, text in phrases.items():
        if not any(use.means(name) for use in uses):
            yield text.problem(f"no code uses the phrase {name}. Remove it in every language, or use it.")
    yield from _cues(read(data / "patterns" / "question_cues.yml").entry("cues"))


def _cues(cues: YamlNode) -> Iterator[str]:
    for name, patterns in cues.entries().items():
        for pattern in patterns.items():
            try:
                re.compile(pattern.text)
            except re.error as error:
                yield pattern.problem(f"the cue {name} is no regular expression: {error}. Mend the pattern.")
