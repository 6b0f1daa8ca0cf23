"""Groups of digits that form one number, with the separators between them and the letters attached to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.privacy.text.analyzed_text import AnalyzedText

_DIGITS = "0123456789"
_LIKE_DIGITS = str.maketrans("OoIl", "0011")
_SEPARATORS = frozenset("-–—‑−‐_./·•∙|\\()[]{}:,'~\ufe0f\u20e3\u200b\u200e\u202a\u202c\u2060")
_MOST_SEPARATORS = 3
_LONGEST_GAP = 5


@dataclass
class Run:
    """A number of one or more groups of digits."""

    first: int  # token
    last: int  # token
    start: int  # offset in the text
    end: int  # offset after the last character
    before: str = ""  # letters attached to the front
    after: str = ""  # letters attached to the end
    announced: bool = False  # a word says what number it is
    called: bool = False  # that word is for phones


def runs(said: AnalyzedText) -> Iterator[Run]:
    """The runs of a text, in order."""
    run: Run | None = None
    for i, token in enumerate(said.tokens):
        parts = split(token.text) if any(map(str.isdecimal, token.text)) else None
        if parts is None:
            continue
        front, _, back = parts
        if run and not run.after and not front and _joins(said, run.last, i):
            run.last, run.end, run.after = i, token.end - len(back), back.lower()
            continue
        if run:
            yield run
        start = token.start + len(front) if front else _front(said, i)
        run = Run(i, i, start, token.end - len(back), front.lower(), back.lower())
    if run:
        yield run


def split(text: str) -> tuple[str, str, str] | None:
    """(letters, digits, letters) of a token with one group of digits and letters on one side at most; else None."""
    if digits(text) is not None:
        return "", text, ""
    front, back = text.rstrip(_DIGITS), text.lstrip(_DIGITS)
    if len(front) < len(text):
        return (front, text[len(front):], "") if front.isalpha() else None
    return ("", text[:len(text) - len(back)], back) if len(back) < len(text) and back.isalpha() else None


def digits(text: str) -> str | None:
    """A token as digits, where O, I and l beside digits count as digits ("O812"); None: it is no number."""
    if text.isdecimal():
        return text
    return plain(text) if len(text) > 1 and plain(text).isdecimal() and any(map(str.isdecimal, text)) else None


def plain(text: str) -> str:
    """`text` with 0 and 1 for the similar letters O, I and l."""
    return text.translate(_LIKE_DIGITS)


def _joins(said: AnalyzedText, left: int, right: int) -> bool:
    """True when only a few separators stand between two tokens."""
    if right - left - 1 > _MOST_SEPARATORS:
        return False
    between = said.text[said.tokens[left].end:said.tokens[right].start]
    return len(between) <= _LONGEST_GAP and not any(end in between for end in ("\n", ", ", ": ")) and all(
        sign.isspace() or sign in _SEPARATORS or (sign == "+" and "(" in between) for sign in between)


def _front(said: AnalyzedText, i: int) -> int:
    """The offset of token `i`, or of a plus or brackets before it."""
    at = i
    while at > max(0, i - 2) and said.is_sign(at - 1, "+(＋") and not said.is_spaced(at):
        at -= 1
    return said.tokens[at].start
