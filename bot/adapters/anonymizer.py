"""Reads `data/patterns/personal.yml` and `ordinary.yml`: the words by which personal data is known."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.yaml_reader import load
from bot.core.privacy import Anonymizer
from bot.core.privacy.word_lists import WordLists

FILES = ("personal.yml", "ordinary.yml")


def read_anonymizer(data: Path) -> Anonymizer:
    """What takes the personal out of a question, in every language."""
    lists: dict[str, list[str]] = {}
    for file in FILES:
        lists |= load(data / "patterns" / file)
    return Anonymizer(WordLists(lists))
