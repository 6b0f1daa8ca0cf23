"""The facts load, and Rasa takes none of our other files for training data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.knowledge import read_facts

# Rasa takes a YAML file for training data as soon as a line begins with one of these, at any indentation.
_TRAINING_DATA = re.compile(r"\s*(nlu|responses|stories|rules):")
_RASAS = ("nlu", "stories")
# What `bot.rasa_ext.training_importer` keeps out of the training.
_TEST_FILE, _TESTED = "test_", "stories"


def check(data: Path) -> Iterator[str]:
    """Find keys that Rasa would read, and what `read_facts` refuses."""
    for path in sorted(data.rglob("*.yml")):
        if path.relative_to(data).parts[0] not in _RASAS:
            yield from _training_data(path)
    read_facts(data)


def _training_data(path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if match := _TRAINING_DATA.match(line):
            key = match.group(1)
            if not (path.name.startswith(_TEST_FILE) and key == _TESTED):
                yield (f"{path}:{number}: Rasa would take the file for training data because of `{key}:`. "
                       "Rename the key.")
