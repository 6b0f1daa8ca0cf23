"""Reads the word lists that recognise personal data: `data/patterns/personal_data.yml` and `everyday_words.yml`."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.yaml_reader import load
from bot.core.privacy import Anonymizer
from bot.core.privacy.text.word_lists import WordLists

FILES = ("personal_data.yml", "everyday_words.yml")


def read_anonymizer(data: Path) -> Anonymizer:
    """An anonymizer with the words of every language."""
    lists: dict[str, list[str]] = {}
    for file in FILES:
        lists |= load(data / "patterns" / file)
    return Anonymizer(WordLists(lists))
