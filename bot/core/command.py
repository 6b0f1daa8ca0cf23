"""Recognises a message that holds only a command and filler words ("please cancel")."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The most words in a command.
LONGEST = 12
_LONGEST_TEXT = 200
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STRETCHED = re.compile(r"(.)\1{2,}")
# Letters. Shorter words resemble too many others for a misspelling to be recognised.
_SHORTEST = 5
_CLAUSE = re.compile(r"[^,.;!?]*")


def first_clause(text: str) -> str:
    """The part of `text` before the first of `, . ; ! ?`; may be empty."""
    clause = _CLAUSE.match(text)
    return clause[0] if clause else ""


class Command:
    """`says`: the words and phrases of the command; `around`: filler words that may accompany them. Lower case."""

    def __init__(self, says: Iterable[str], around: Iterable[str]) -> None:
        self._says = frozenset(tuple(phrase.split()) for phrase in says)
        self._around = frozenset(around)
        self._longest = max((len(phrase) for phrase in self._says), default=0)
        self._single = frozenset(phrase[0] for phrase in self._says if len(phrase) == 1)

    def slips_in(self, text: str) -> int | None:
        """The number of misspelt command words in `text` (lower case); `None` when `text` is not only a command."""
        words = [_STRETCHED.sub(r"\1", word) for word in _WORD.findall(text[:_LONGEST_TEXT].replace("’", "'"))]
        if len(text) > _LONGEST_TEXT or not 0 < len(words) <= LONGEST:
            return None
        at, said, slips = 0, False, 0
        while at < len(words):
            size = self._phrase_at(words, at)
            if size:
                said, at = True, at + size
                continue
            if words[at] not in self._around:
                if not any(_is_slip(words[at], word) for word in self._single):
                    return None
                said, slips = True, slips + 1
            at += 1
        return slips if said else None

    def _phrase_at(self, words: list[str], at: int) -> int:
        """The length, in words, of the longest command phrase that begins at `words[at]`; 0: no phrase does."""
        sizes = range(min(self._longest, len(words) - at), 0, -1)
        return next((size for size in sizes if tuple(words[at:at + size]) in self._says), 0)


def _is_slip(typed: str, word: str) -> bool:
    """True when `typed` is `word` with two letters swapped, or one inner letter added, dropped or replaced."""
    if len(word) < _SHORTEST or abs(len(typed) - len(word)) > 1 or typed[:1] != word[0]:
        return False
    pairs = enumerate(zip(typed, word, strict=False))
    same = next((n for n, (a, b) in pairs if a != b), min(len(typed), len(word)))
    left, right = typed[same:], word[same:]
    if len(left) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]:
        return True
    return typed[-1] == word[-1] and (left[1:] == right[1:] or left[1:] == right or left == right[1:])
