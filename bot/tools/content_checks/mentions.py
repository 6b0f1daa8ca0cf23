"""Each value of the vocabulary that the facts know is named by a training line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from bot.adapters.yaml_reader import read
from bot.tools.content_checks.training_lines import training_lines

_FILES = ("customer", "support", "country")
_TOKEN = re.compile(r"\w+|[^\w\s]")


def check(data: Path) -> Iterator[str]:
    """Find values without an example. Countries without a phone line need none."""
    lines = read(data / "knowledge" / "phone_lines.yml").entry("phone_lines").entries().keys()
    everything = "\n".join(f" {_spaced(line.text)} " for line in training_lines(data))
    for name in _FILES:
        for entry in read(data / "vocabulary" / f"{name}.yml").items():
            entity = entry.entry("entity").text
            for value, words in entry.entry("values").pairs():
                if entity == "country" and value.text not in lines:
                    continue
                if not any(f" {_spaced(word.text)} " in everything for word in words.items()):
                    yield value.problem(f"no example in data/nlu names the {entity} {value.text}. Write some that do.")


@lru_cache(maxsize=1 << 15)
def _spaced(text: str) -> str:
    """Lower case, one space around each word and sign."""
    return " ".join(_TOKEN.findall(text.lower()))
