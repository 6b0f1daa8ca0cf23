"""Passwords and codes before the words that announce them: "hunter2 is my password"."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.secrets.looks_like_secret import counts, is_measure, looks_secret, shape
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import CLOSING, OPENING, Span
from bot.core.privacy.text.word_lists import WordMatch

LONGEST_QUOTE = 100
QUOTES = {'"': '"', "“": "”", "‘": "’", "«": "»", "`": "`", "'": "'", "”": "”", "„": "“"}
_OPENINGS = {end: "".join(one for one in QUOTES if QUOTES[one] == end) for end in QUOTES.values()}
_REACH_BEFORE = 5
_REACH_OF_QUOTE = 10
_FEWEST_DIRECT = 3
_FEWEST_DIGITS = 4
_FEWEST_LETTERS = 4
_MOST_GROUPS = 6
_MOST_MEMBERS = 30
_MOST_SIGNS = 3


def before(said: AnalyzedText, phrase: WordMatch) -> Iterator[Span]:
    """The spans of secrets before an announcing phrase: "hunter2 is my password", "4821 (OTP)"."""
    at, is_linked = phrase.first - 1, False
    while at >= 0 and phrase.first - at <= _REACH_BEFORE and not said.is_new_line(at + 1):
        if said.has(at, "is", "as"):
            is_linked = True
        elif not said.has(at, "own", "articles") and said.low(at) not in OPENING and not said.is_sign(at, "-–—,'"):
            break
        at -= 1
    if at < 0 or (said.is_sign(at, ".?;!") and not is_linked):
        return
    first, start, end = said.chunk_before(at + 1)
    chunk = said.cut(start, end)
    if said.words.is_ordinary(chunk.lower()) or is_measure(chunk, said.words):
        return
    while chunk[0].isdecimal() and first > max(0, at - _MOST_GROUPS) and said.low(first - 1).isdecimal():
        first -= 1
        start = said.tokens[first].start
    is_labelled = said.has(first - 1, "units", "labels") and not said.has(first - 1, "products")
    if said.low(first).isdecimal() and is_labelled:
        return
    digits, letters = counts(said.cut(start, end))
    is_beside = is_linked or phrase.owned or at < phrase.first - 1
    if digits and not letters:
        is_held = is_linked or phrase.owned or (phrase.kind == "code" and said.has(phrase.after, "own"))
        if (digits >= _FEWEST_DIRECT and is_held) or (digits >= _FEWEST_DIGITS and phrase.kind == "code" and is_beside):
            yield Span(start, end, "secret")
            yield from _list_before(said, first, shape(said.cut(start, end)))
    elif is_beside and looks_secret(chunk, is_linked):
        yield Span(start, end, "secret")
        if first > 1 and said.has(first - 1, "joins"):
            yield from far(said, *said.chunk_before(first - 1)[1:], is_near=True)
    elif is_linked and phrase.kind == "secret" and letters >= _FEWEST_LETTERS and (
            said.low(at) in CLOSING or said.starts_clause(first)) and not said.words.is_verb(chunk.lower()):
        yield Span(start, end, "secret")


def _list_before(said: AnalyzedText, first: int, alike: str) -> Iterator[Span]:
    """The members of a list of codes that ends before token `first`."""
    for _ in range(_MOST_MEMBERS):
        i = first - 1
        while i > first - _MOST_SIGNS and (said.has(i, "joins") or said.is_sign(i, ",/&+")):
            i -= 1
        if i < 0 or said.is_new_line(i + 1) or (i == first - 1 and not said.is_sign(i, ",")):
            return
        first, start, end = said.chunk_before(i + 1)
        if shape(said.cut(start, end)) != alike:
            return
        yield Span(start, end, "secret")


def quoted(said: AnalyzedText, phrase: WordMatch) -> Iterator[Span]:
    """A quotation before an announcing phrase, with only words of use between: "'terompet' buat sandi"."""
    least = max(0, phrase.first - _REACH_OF_QUOTE)
    if _OPENINGS.keys().isdisjoint(token.text for token in said.tokens[least:phrase.first]):
        return
    is_far = False
    for i in range(phrase.first - 1, least, -1):
        text = said.tokens[i].text
        if text in _OPENINGS and not said.is_spaced(i) and (said.is_spaced(i + 1) or not said.low(i + 1).isalnum()):
            end = said.tokens[i].start
            start = max(said.text.rfind(sign, max(0, end - LONGEST_QUOTE), end) for sign in _OPENINGS[text]) + 1
            is_open = start == 1 or (start > 1 and not said.text[start - 2].isalnum())
            inner = said.text[start:end].strip().lower() if is_open else ""
            is_odd = not is_far or (" " not in inner and looks_secret(said.text[start:end], is_near=False))
            if inner and "\n" not in inner and is_odd and not all(map(said.words.is_ordinary, inner.split())):
                yield Span(start, end, "secret")
            return
        is_use = said.has(i, "is", "as", "own", "articles", "fillers", "typed", "used", "products")
        if text in ".?!;":
            return
        is_far |= not is_use and text not in ",-–—'"


def far(said: AnalyzedText, start: int, end: int, is_near: bool) -> Iterator[Span]:
    """The span of a chunk beside a secret, if it looks like one, too."""
    chunk = said.cut(start, end)
    if not said.words.is_ordinary(chunk.lower()) and not is_measure(chunk, said.words) and looks_secret(chunk, is_near):
        yield Span(start, end, "secret")
