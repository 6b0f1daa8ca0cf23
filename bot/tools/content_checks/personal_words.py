"""The lists of words by which personal data is recognized are complete, in plain lower case, without repeated words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.yaml_reader import YamlNode, read
from bot.core.privacy.text.word_lists import LISTS

_ORDINARY = "ordinary"


def check(data: Path) -> Iterator[str]:
    """Check the lists of `patterns/personal_data.yml` and `patterns/everyday_words.yml`."""
    patterns = data / "patterns"
    announcing, ordinary = read(patterns / "personal_data.yml"), read(patterns / "everyday_words.yml")
    for name in LISTS:
        yield from _words(name, (ordinary if name == _ORDINARY else announcing).entry(name))
    for key, _ in announcing.pairs():
        if key.text not in LISTS:
            yield key.problem(f"{key.text!r} is no list that the rules know. Take one of: {', '.join(LISTS)}.")


def _words(name: str, words: YamlNode) -> Iterator[str]:
    seen: set[str] = set()
    for word in words.items():
        plain = " ".join(word.text.lower().split())
        if not word.is_text or word.text != plain:
            yield word.problem(f"{name}: {word.text!r} is not plain lower case. Write '{plain}'.")
        elif plain in seen:
            yield word.problem(f"{name}: {plain!r} stands twice. Keep it once.")
        seen.add(plain)
