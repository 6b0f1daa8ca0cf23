"""Passwords of several words, announced after them, or described as having spaces."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import OPENING, Span
from bot.core.privacy.text.word_lists import WordMatch

_REACH_BEFORE = 6
_REACH_OF_HINT = 14
_MOST_BETWEEN = 4
_MOST_WORDS = 8
_REACH_OF_QUOTE = 6
_CLOSING = {'"': '"', "'": "'", "”": "“”", "’": "‘", "»": "«", "`": "`"}


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of these passwords."""
    for phrase in said.find("secret"):
        yield from _before(said, phrase)
        yield from _spaced(said, phrase)
    yield from _quoted(said)


def _before(said: AnalyzedText, phrase: WordMatch) -> Iterator[Span]:
    """A password before its announcement: "mawar merah (itu passwordnya)", "three blind mice is my passphrase"."""
    at, is_told, is_linked = phrase.first - 1, phrase.owned or said.has(phrase.after, "own"), False
    while at > phrase.first - _REACH_BEFORE and (
            said.has(at, "as", "is", "own", "articles", "used") or said.is_sign(at, "'’")):
        is_told |= said.has(at, "own", "as", "is")
        is_linked |= said.has(at, "is")
        at -= 1
    after = phrase.after
    while after < phrase.after + _MOST_BETWEEN and (said.has(after, "own", "spaced") or said.is_ordinary(after)):
        after += 1
    is_spaced = any(said.has(i, "spaced") for i in range(phrase.after, phrase.after + _REACH_BEFORE))
    is_bracketed = said.is_sign(at, "([{") and said.is_sign(after, ",)]}") and (is_told or is_spaced)
    is_owned = phrase.owned or said.has(phrase.first - 1, "own") or said.has(phrase.after, "own")
    last = at if is_bracketed else at + 1
    last -= is_bracketed and said.low(last - 1) in _CLOSING
    first = last
    while first > max(0, last - _MOST_WORDS) and not said.is_new_line(first) and _goes_on(said, first - 1):
        first -= 1
    if is_bracketed:
        yield from _phrase(said, first, last)
    elif is_linked and is_owned and first + 1 < last and said.starts_clause(first):
        odd = [i for i in range(first, last) if not said.is_ordinary(i) and said.low(i).isalpha()]
        is_said_of = any(said.words.is_said_of(said.low(i)) for i in odd)
        if len(odd) * 2 >= last - first and not is_said_of:
            yield from _phrase(said, first, last)


def _goes_on(said: AnalyzedText, i: int) -> bool:
    """True when token `i` may be part of a password of words: no sign, and no word about the password."""
    return said.low(i)[0].isalnum() and not said.has(i, "typed", "fillers", "is", "as", "own")


def _spaced(said: AnalyzedText, phrase: WordMatch) -> Iterator[Span]:
    """The words between an announcement and a hint at spaces: "sandinya gula jawa (pakai spasi)"."""
    first = phrase.after
    while first < phrase.after + _MOST_BETWEEN and (
            said.has(first, "is", "own", "fillers") or said.is_sign(first, ":=,-–—")):
        first += 1
    last = first
    while last < len(said) and last < first + _MOST_WORDS and said.low(last)[0].isalnum():
        last += 1
    hints = range(last, min(last + _REACH_OF_HINT, len(said)))
    if said.is_sign(last, ",-–—.;()[") and any(said.has(i, "spaced") for i in hints):
        yield from _phrase(said, first, last)


def _quoted(said: AnalyzedText) -> Iterator[Span]:
    """A quotation before a hint at spaces: "the wifi is 'river stone' (with the space)"."""
    for hint in (i for i in range(len(said)) if said.has(i, "spaced")):
        for last in range(hint - 1, max(0, hint - _REACH_OF_QUOTE), -1):
            sign = said.tokens[last].text
            is_end = said.is_spaced(last + 1) or not said.low(last + 1)[:1].isalnum()
            if sign in _CLOSING and not said.is_spaced(last) and is_end:
                first = last - 1
                while first > max(0, last - _MOST_WORDS) and said.tokens[first].text not in _CLOSING[sign]:
                    first -= 1
                is_door = any(said.has(i, "doors") for i in range(first - _MOST_BETWEEN, first))
                if is_door and said.tokens[first].text in _CLOSING[sign] and first + 1 < last:
                    yield from _phrase(said, first + 1, last)
                break


def _phrase(said: AnalyzedText, first: int, after: int) -> Iterator[Span]:
    """The span from token `first` to before token `after`, unless all its words are ordinary."""
    while first < after and said.low(first) in OPENING:
        first += 1
    words = range(first, after)
    odd = (i for i in words if not said.is_ordinary(i) and not said.has(i, "secret", "code"))
    if any(not said.words.is_said_of(said.low(i)) for i in odd):
        yield Span(said.tokens[first].start, said.tokens[after - 1].end, "secret")
