"""Dates of birth: dates after a word that announces them. Other dates stay, as they tell when something failed."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.numbers.harmless_numbers import is_date
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_REACH = 14
_MOST_TOKENS = 7
_LONGEST = 10
_BARE = (6, 8)


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of dates of birth."""
    for found in said.find("birth"):
        for i in range(found.after, min(found.after + _REACH, len(said))):
            if said.is_sign(i, "?!;"):
                break
            end = _in_figures(said, i)
            end = _in_words(said, i) if end is None else end
            if end is not None:
                yield Span(said.tokens[i].start, said.tokens[end].end, "date")
                break


def _in_figures(said: AnalyzedText, i: int) -> int | None:
    """The last token of the date in figures that begins at token `i`."""
    if said.tokens[i].text.isdecimal():
        for end in range(min(i + _MOST_TOKENS, len(said)) - 1, i - 1, -1):
            text = said.text[said.tokens[i].start:said.tokens[end].end].replace(" ", "")
            is_bare = text.isdecimal() and len(text) in _BARE
            if said.tokens[end].text.isdecimal() and len(text) <= _LONGEST and (is_date(text) or is_bare):
                return end
    return None


def _in_words(said: AnalyzedText, i: int) -> int | None:
    """The last token of the date with a month's name that begins at token `i`: "3rd of June 1988", "May 12, 1990"."""
    end, has_month, has_day = None, False, False
    for at in range(i, min(i + _MOST_TOKENS, len(said))):
        if said.has(at, "months") and not has_month:
            has_month, end = True, at
        elif said.low(at)[0].isdecimal():
            has_day, end = True, at
        elif at == i or not (said.is_sign(at, ",-./'") or said.has(at, "of_month")):
            break
    return end if has_month and has_day else None
