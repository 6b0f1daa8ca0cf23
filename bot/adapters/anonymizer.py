"""Reads the word lists that recognise personal data: `data/patterns/personal.yml` and `ordinary.yml`."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.yaml_reader import load
from bot.core.privacy import Anonymizer
from bot.core.privacy.text.word_lists import WordLists

FILES = ("personal.yml", "ordinary.yml")


def read_anonymizer(data: Path) -> Anonymizer:
    """An anonymizer with the words of every language."""
    lists: dict[str, list[str]] = {}
    for file in FILES:
        lists |= load(data / "patterns" / file)
    return Anonymizer(WordLists(lists))
