"""The words that announce a name or a secret: all four lists, in plain lower case, each word once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.content.document import Part, read

_LISTS = ("name", "secret", "is", "ends")


def check(data: Path) -> Iterator[str]:
    """Every list of `phrases/personal.yml`."""
    file = read(data / "phrases" / "personal.yml")
    for name in _LISTS:
        yield from _words(name, file.entry(name))


def _words(name: str, words: Part) -> Iterator[str]:
    seen: set[str] = set()
    for word in words.items():
        plain = " ".join(word.text.lower().split())
        if not word.is_text or word.text != plain:
            yield word.problem(f"{name}: {word.text!r} is not plain lower case. Write '{plain}'.")
        elif plain in seen:
            yield word.problem(f"{name}: {plain!r} stands twice. Keep it once.")
        seen.add(plain)
