"""Numbers that are spelled out: "kosong delapan satu dua …"."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_FEWEST = 6


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of these numbers."""
    first, last, count = 0, 0, 0
    for i in range(len(said) + 1):
        if said.has(i, "digits") or (count and said.low(i).isdecimal()):
            first, last, count = first if count else i, i, count + 1
        elif count and not said.is_sign(i, "-,."):
            if count >= _FEWEST:
                yield Span(said.tokens[first].start, said.tokens[last].end, "number")
            count = 0
