"""Checks of any text: its placeholders, and typing errors."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from string import Formatter

from bot.adapters.yaml_reader import YamlNode
from bot.core.errors import ConfigurationError


def placeholders(text: YamlNode) -> frozenset[str]:
    """The names in braces; `ConfigurationError` for braces that do not match."""
    try:
        return _names(text.text)
    except ValueError as error:
        raise ConfigurationError(text.problem(f"the braces do not match: {error}. Write {{name}}.")) from error


@lru_cache(maxsize=1 << 14)
def _names(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def text_problems(name: str, text: YamlNode) -> Iterator[str]:
    """Problems of an empty text, and of two spaces in a row."""
    if not text.text.strip():
        yield text.problem(f"{name} is empty. Write what Kilat says.")
    for number, line in enumerate(text.text.split("\n"), start=1):
        if "  " in line:
            yield text.problem(f"{name} has two spaces in a row. Leave one.", after=number if text.is_block else 0)


def differences(name: str, one: YamlNode, other: YamlNode) -> Iterator[str]:
    """Problems of placeholders that only one of two languages has."""
    for full, poor in ((one, other), (other, one)):
        for placeholder in sorted(placeholders(full) - placeholders(poor)):
            yield poor.problem(f"{name} lacks {{{placeholder}}}, which the other language has. Add it here.")
