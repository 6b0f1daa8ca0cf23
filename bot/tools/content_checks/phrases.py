"""Phrases: the same keys and placeholders in every complete language, no others elsewhere, all used; cues compile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.core.customer import ROLES
from bot.core.entitlement import Reason
from bot.core.triage import Impact, Workaround
from bot.languages import COMPLETE, LANGUAGES
from bot.tools.content_checks import code_usage
from bot.tools.content_checks.placeholders import differences, placeholders, slips
from bot.tools.content_checks.yaml_lines import Part, read

# What the code makes up from values; f-strings show only the beginning.
_COMPUTED = {
    *(f"impact_{impact.value}" for impact in Impact),
    *(f"workaround_{workaround.value}" for workaround in Workaround),
    *(f"reason_{reason.value}" for reason in Reason if reason not in (Reason.GRANTED, Reason.SIGN_IN)),
    *(f"who_{role}{licence}" for role in (*ROLES, "user") for licence in ("", "_licensed", "_unlicensed")),
}


def check(data: Path) -> Iterator[str]:
    """Languages against each other, then against the code, then the cues."""
    paths = {language: data / "phrases" / f"{language}.yml" for language in LANGUAGES}
    phrases = {language: read(path) for language, path in paths.items() if language in COMPLETE or path.exists()}
    first = phrases[LANGUAGES[0]]
    for file in phrases.values():
        for name, text in file.entries().items():
            yield from slips(name, text)
    for language, other in phrases.items():
        if other is not first:
            yield from _against_each_other(first, other, complete=language in COMPLETE)
    yield from _against_code(first)
    yield from _cues(read(data / "phrases" / "cues.yml").entry("cues"))


def _against_each_other(first: Part, other: Part, *, complete: bool) -> Iterator[str]:
    here, there = first.entries(), other.entries()
    for name in dict.fromkeys([*here, *there]):
        if name in here and name in there:
            yield from differences(name, here[name], there[name])
        elif complete or name in there:
            has, lacks = (here, other) if name in here else (there, first)
            yield has[name].problem(f"{name} is missing in {lacks.path.name}. Add it there, or remove it here.")


def _against_code(file: Part) -> Iterator[str]:
    phrases = file.entries()
    uses = [*code_usage.phrases(), *(code_usage.Use(name, False, "the code") for name in sorted(_COMPUTED))]
    for use in uses:
        if not any(use.means(name) for name in phrases):
            yield file.problem(f"there is no phrase {use.name}, which {use.at} uses. Add it in every language.")
        elif use.given is not None and not use.is_prefix:
            text = phrases[use.name]
            for placeholder in sorted(placeholders(text) - use.given):
                yield text.problem(f"{use.name}: {use.at} does not fill {{{placeholder}}}. Remove it here, or fill it.")
    for name, text in phrases.items():
        if not any(use.means(name) for use in uses):
            yield text.problem(f"no code uses the phrase {name}. Remove it in every language, or use it.")


def _cues(cues: Part) -> Iterator[str]:
    for name, patterns in cues.entries().items():
        for pattern in patterns.items():
            try:
                re.compile(pattern.text)
            except re.error as error:
                yield pattern.problem(f"the cue {name} is no regular expression: {error}. Mend the pattern.")
