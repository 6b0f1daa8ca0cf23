"""Old and new values of a change: "ganti password dari kucing jadi macan"."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.numbers.harmless_numbers import is_version
from bot.core.privacy.secrets.account_passwords import is_password
from bot.core.privacy.secrets.looks_like_secret import is_measure, looks_secret
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import CLOSING, OPENING, Span
from bot.core.privacy.text.word_lists import WordMatch

_REACH_BEFORE = 5
_REACH = 6
_MOST_WORDS = 4
_FEWEST_DIGITS = 3


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of values before and after a change."""
    verbs = [token.low in said.words.of("change") for token in said.tokens]
    yield from _renewed(said, verbs)
    if not any(verbs):
        return
    for found in said.find("secret", "code", "changed"):
        is_change = any(verbs[max(0, found.first - _REACH_BEFORE):found.first])
        for i in range(found.after, min(found.after + _REACH, len(said))):
            is_change |= verbs[i]
            if said.is_sign(i, ".?!;:=") or said.is_new_line(i):
                break
            if is_change and said.has(i, "change_from"):
                yield from _values(said, found, i + 1)
                break
            if is_change and said.has(i, "change_to") and not verbs[i]:
                yield from _value(said, found, i + 1, None, is_sure=False)
                break


def _renewed(said: AnalyzedText, verbs: list[bool]) -> Iterator[Span]:
    """The new value of a password mentioned before: "… I changed it to hunter3", "the new one is hunter3"."""
    told = next((phrase.after for phrase in said.find("secret")), len(said))
    for verb in range(told, len(said)):
        for i in range(verb + 1, min(verb + _REACH, len(said))) if verbs[verb] or said.has(verb, "renewed") else ():
            if said.is_sign(i, ".?!;") or said.is_new_line(i):
                break
            if i == verb + 1 + said.has(verb + 1, "own", "articles") and said.has(verb, "renewed") and is_password(
                    said, said.cut(*said.chunk(i))):
                yield Span(*said.chunk(i), "secret")
            if said.has(i, "change_to", "is") or said.is_sign(i, ":="):
                start, end = said.chunk(i + 1) if i + 1 < len(said) else (0, 0)
                chunk = said.cut(start, end)
                if chunk and looks_secret(chunk, is_near=True) and not _is_everyday(said, chunk):
                    yield Span(start, end, "secret")


def _values(said: AnalyzedText, found: WordMatch, first: int) -> Iterator[Span]:
    """The values before and after "to"; the first begins with token `first`."""
    i = first
    for _ in range(_MOST_WORDS):
        if i >= len(said) or said.is_new_line(i) or said.is_sign(i, "?;"):
            return
        i = said.last[i] + 1
        if said.has(i, "change_to"):
            olds = list(_value(said, found, first, i, is_sure=True))
            yield from olds
            yield from _value(said, found, i + 1, None, is_sure=bool(olds))
            return


def _value(said: AnalyzedText, found: WordMatch, first: int, until: int | None, is_sure: bool) -> Iterator[Span]:
    """The value from token `first` to before token `until`, or to the end of its chunk; none if its words are ordinary.
    `is_sure`: a word that looks like a verb counts, too."""
    while said.low(first) in OPENING and first < len(said) and first != until:
        first += 1
    if first >= len(said) or first == until or said.is_new_line(first):
        return
    last = said.last[first] if until is None else until - 1
    while until is None and last + 1 < len(said) and last < first + _REACH and not said.is_new_line(last + 1) and (
            (said.low(last).isdecimal() and said.low(last + 1).isdecimal())
            or (found.kind == "changed" and said.is_titled(last) and said.is_titled(last + 1))):
        last = said.last[last + 1]
    end = said.tokens[last].end
    while end > said.tokens[first].end and said.text[end - 1] in CLOSING:
        end -= 1
    words = said.cut(said.tokens[first].start, end).split()
    told = [word for word in words if not _is_everyday(said, word)]
    is_verb = all(word.isalpha() and said.words.is_said_of(word.lower()) for word in words)
    if told and len(told) * 2 >= len(words) and (is_sure or not is_verb):
        yield Span(said.tokens[first].start, end, "name" if found.kind == "changed" else "secret")


def _is_everyday(said: AnalyzedText, word: str) -> bool:
    low = word.lower()
    if word.isdecimal() or len(word) == 1:
        return len(word) < _FEWEST_DIGITS
    is_known = not said.words.lists(low).isdisjoint(("ends", "products", "labels"))
    return is_known or said.words.is_ordinary(low) or is_measure(word, said.words) or is_version(word)
