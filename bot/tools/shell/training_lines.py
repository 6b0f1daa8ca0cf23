"""Where training lines stand, so that a builder finds the ones that decided."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_LINE = re.compile(r"\s+- (.+)")


def training_lines(data: Path) -> Mapping[str, str]:
    """The address of each training line of `data`, such as "data/nlu/phone.yml:12", by its text."""
    places: dict[str, str] = {}
    for path in sorted((data / "nlu").glob("**/*.yml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := _LINE.fullmatch(line):
                places.setdefault(found[1].strip(), f"{path.relative_to(data.parent)}:{number}")
    return places
