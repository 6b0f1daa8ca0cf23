"""Names in signatures: "Terima kasih, Budi", "— Dewi"."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.people.names import name_end, span
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_MOST_TOKENS = 8
_MOST_BETWEEN = 8
_LAST_TOKENS = 12
_DASHES = "-–—~"


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of these names."""
    for found in said.find("parting"):
        yield from _after(said, found.after)
    for i in range(len(said) - 2, max(-1, len(said) - _LAST_TOKENS), -1):
        if said.is_sign(i, _DASHES) and (said.is_new_line(i) or said.is_sign(i - 1, ".!?-")):
            end = name_end(said, i + 1, needs_title=True)
            if end is not None and _is_end(said, end):
                yield from span(said, i + 1, end)


def _after(said: AnalyzedText, i: int) -> Iterator[Span]:
    """A name after a parting word: on a separate line, or after a sign at the end of a clause."""
    is_apart = False
    for _ in range(_MOST_BETWEEN):
        if i >= len(said):
            return
        is_apart |= said.is_new_line(i) or said.is_sign(i, ",.!" + _DASHES)
        if said.low(i).isalnum() and not said.has(i, "parting", "honorific"):
            break
        i += 1
    end = name_end(said, i, needs_title=False) if i < len(said) else None
    if end is not None and is_apart and end - i < _MOST_TOKENS and _is_end(said, end) and (
            said.is_titled(i) or said.is_new_line(i) or end + 1 == len(said)):
        yield from span(said, i, end)


def _is_end(said: AnalyzedText, end: int) -> bool:
    """Whether a line, a clause or the text ends after token `end`."""
    return said.is_new_line(end + 1) or said.is_sign(end + 1, ",.(|/-")
