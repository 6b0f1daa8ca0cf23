"""Every file of `data/` is valid YAML, and no key stands twice in a mapping (the second would win silently)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.yaml_reader import read
from bot.core.errors import ConfigurationError


def check(data: Path) -> Iterator[str]:
    """Find files that do not parse, and keys that stand twice."""
    for path in sorted(data.rglob("*.yml")):
        try:
            yield from _repeated_keys(path)
        except ConfigurationError as error:
            yield str(error)


def _repeated_keys(path: Path) -> Iterator[str]:
    for mapping in read(path).mappings():
        first: dict[str, int] = {}
        for key, _ in mapping.pairs():
            if key.text in first:
                yield key.problem(f"the key {key.text} stands in line {first[key.text]} already. Keep one of them.")
            first.setdefault(key.text, key.line)
