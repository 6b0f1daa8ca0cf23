"""Reads `data/phrases/personal.yml`: the words that announce a name or a secret."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from bot.core.privacy import Anonymizer


def read_anonymizer(data: Path) -> Anonymizer:
    """What takes names and secrets out of a question, in every language."""
    words = YAML(typ="safe").load(data / "phrases" / "personal.yml")
    return Anonymizer(words["name"], words["secret"], words["is"], words["ends"])
