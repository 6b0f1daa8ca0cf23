"""Expiry months of bank cards: "exp 08/27 cvv 332"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_REACH = 6
_MONTH = re.compile(r"(?:0?[1-9]|1[0-2])\s?[/.-]\s?(?:20)?\d\d", re.ASCII)
_LONGEST = 10


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of these months."""
    if not any(said.has(i, "cards") for i in range(len(said))):
        return
    for found in said.find("valid"):
        for i in range(found.after, min(found.after + _REACH, len(said))):
            month = _MONTH.match(said.text, said.tokens[i].start, said.tokens[i].start + _LONGEST)
            if month and said.tokens[i].text.isdecimal():
                yield Span(*month.span(), "date")
                break
