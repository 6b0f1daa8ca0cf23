"""Words of the agents' pages: the same keys and placeholders in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.languages import COMPLETE
from bot.tools.content_checks.placeholders import differences, slips
from bot.tools.content_checks.yaml_lines import Part, read


def check(data: Path) -> Iterator[str]:
    """Each text by itself, then the languages against each other."""
    files = [dict(_texts(read(data / "console" / f"{language}.yml"))) for language in COMPLETE]
    for texts in files:
        for name, text in texts.items():
            yield from slips(name, text)
    first, *others = zip(COMPLETE, files, strict=True)
    for language, texts in others:
        for (lacking, here), (_, there) in (((language, texts), first), (first, (language, texts))):
            for name in there.keys() - here.keys():
                yield there[name].problem(f"{name} is missing in {lacking}.yml. Add it there, or remove it here.")
        for name in first[1].keys() & texts.keys():
            yield from differences(name, first[1][name], texts[name])


def _texts(part: Part, prefix: str = "") -> Iterator[tuple[str, Part]]:
    """Every text by the path of its keys."""
    for name, value in part.entries().items():
        if value.is_scalar:
            yield f"{prefix}{name}", value
        else:
            yield from _texts(value, f"{prefix}{name}.")
