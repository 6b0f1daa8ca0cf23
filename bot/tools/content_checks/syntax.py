"""Every file of `data/` is valid YAML, and no key stands twice in a mapping (the second would win silently)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from bot.adapters.yaml_reader import YamlNode, read
from bot.core.errors import ConfigurationError


def check(data: Path) -> Iterator[str]:
    """Find files that do not parse, and keys that stand twice."""
    for path in sorted(data.rglob("*.yml")):
        try:
            yield from _repeated_keys(read(path))
        except ConfigurationError as error:
            yield str(error)


@lru_cache(maxsize=512)
def _repeated_keys(file: YamlNode) -> tuple[str, ...]:
    found = []
    for mapping in file.mappings():
        first: dict[str, int] = {}
        for key, _ in mapping.pairs():
            if key.text in first:
                found.append(key.problem(
                    f"the key {key.text} stands in line {first[key.text]} already. Keep one of them."))
            first.setdefault(key.text, key.line)
    return tuple(found)
