"""Passwords and codes that a word announces: before it or after it, with "is", a colon, quotes or nothing between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.privacy.guess import counts, is_measure, is_odd, is_told, looks_secret
from bot.core.privacy.said import Said
from bot.core.privacy.text import CLOSING, OPENING, Span
from bot.core.privacy.words import Found

_REACH = 7
_REACH_BEFORE = 5
_REACH_OF_LINK = 2
_REACH_OF_TYPED = 3
_REACH_OF_QUOTE = 10
_FEWEST_DIRECT = 3
_FEWEST_DIGITS = 4
_FEWEST_LETTERS = 4
_LONGEST_QUOTE = 100
_MOST_WORDS = 5
_MOST_SIGNS = 100
_QUOTES = {'"': '"', "“": "”", "‘": "’", "«": "»", "`": "`", "'": "'", "”": "”", "„": "“"}
_OPENINGS = {end: "".join(one for one in _QUOTES if _QUOTES[one] == end) for end in _QUOTES.values()}
_LINKS = ":=→>⇒➡"


def find(said: Said) -> Iterator[Span]:
    """The spans of what is announced as a secret."""
    was_sent = any(said.has(i, "sent") for i in range(len(said)))
    phrases = list(said.find("secret", "code", "code_maybe"))
    ends = [*(phrase.first for phrase in phrases), len(said)][1:]
    for phrase, end in zip(phrases, ends, strict=True):
        if phrase.kind == "code_maybe":
            around = range(phrase.first - 3, phrase.after + 3)
            if not was_sent or any(said.has(i, "faults") for i in around):
                continue
            phrase = phrase._replace(kind="code")
        spans = list(_After(said, phrase, end).spans())
        yield from spans or _before(said, phrase)
        yield from _quoted(said, phrase)


@dataclass
class _After:
    """Walks on from an announcing phrase to the first chunk that looks like its secret, within a few words and before
    token `end`, where the next phrase begins."""

    said: Said
    phrase: Found
    end: int
    is_strong: bool = False
    is_signed: bool = False
    passed: int = 0
    typed: int = 0

    def spans(self) -> Iterator[Span]:
        """The span of the secret, and of a second one after "or"."""
        said, i, signs = self.said, self.phrase.after, 0
        is_owned = self.phrase.owned
        while i < self.end and (self.passed < _REACH or self.typed) and signs < _MOST_SIGNS:
            is_link = said.is_sign(i, _LINKS)
            is_end = said.is_new_line(i) and not self.is_strong and not is_link
            if is_end or said.is_sign(i, "?¿;") or (said.is_sign(i, ".") and said.is_spaced(i + 1)):
                return
            if is_link or said.has(i, "is") or (said.is_sign(i, "-") and said.is_spaced(i) and not self.passed):
                self.is_strong, self.is_signed = True, self.is_signed or not said.low(i).isalnum()
            elif said.tokens[i].text in _QUOTES and (quotation := self._quotation(i)):
                yield quotation
                return
            elif said.has(i, "own", "suffixes"):
                is_owned = True
            elif not said.is_sign(i, ",.()[]{}<>*-_/'\"|#"):
                end = self._secret(i, is_owned)
                if end is not None:
                    yield Span(said.tokens[i].start, end, "secret")
                    yield from self._another(said.last[i] + 1)
                    return
                i = self._pass(i)
                continue
            i, signs = i + 1, signs + 1

    def _secret(self, i: int, is_owned: bool) -> int | None:
        """Where the secret ends that begins with token `i`; None if none does."""
        said, kind = self.said, self.phrase.kind
        start, end = said.chunk(i)
        if said.cut(start, end).isdecimal():
            end = self._whole(i, end, is_phrase=False)
        chunk = said.cut(start, end)
        if said.has(i, "typed"):
            return None
        is_direct = not self.passed
        if self.typed:
            if is_odd(chunk, said.words):
                return end
            chunk = chunk.rstrip("+") or chunk
        if not is_told(chunk, said.words, kind, self.is_strong, is_direct or bool(self.typed), is_owned and is_direct):
            return None
        if chunk.isalpha() and not self.is_signed and said.words.is_verb(chunk.lower()):
            return None
        return self._whole(i, end, is_phrase=self.is_strong and kind == "secret")

    def _pass(self, i: int) -> int:
        """Goes past token `i`, or past its chunk; a link holds over a few everyday words, and so does "saya ketik"."""
        said = self.said
        is_typed = said.has(i, "typed") and self.passed < _REACH
        self.typed = _REACH_OF_TYPED if is_typed else max(0, self.typed - 1)
        if not said.has(i, "fillers"):
            self.is_strong &= said.is_ordinary(i) and self.passed < _REACH_OF_LINK
            self.passed += 1
        is_linked = i < said.last[i] and said.is_sign(i + 1, ":=")
        return i + 1 if is_linked else said.last[i] + 1

    def _quotation(self, i: int) -> Span | None:
        """A quotation that opens with token `i`, unless it is of everyday words."""
        said, opening = self.said, self.said.tokens[i]
        end = said.text.find(_QUOTES[opening.text], opening.end, opening.end + _LONGEST_QUOTE)
        inner = said.text[opening.end:end].strip().lower() if end >= 0 else ""
        if not inner or "\n" in inner or all(map(said.words.is_ordinary, inner.split())):
            return None
        return Span(opening.end, end, "secret")

    def _whole(self, i: int, end: int, is_phrase: bool) -> int:
        """Where a secret ends that begins with token `i`: groups of digits, or the words of a passphrase, belong
        together."""
        said, at = self.said, self.said.last[i] + 1
        text = said.cut(said.tokens[i].start, end)
        for _ in range(_MOST_WORDS):
            if at >= len(said) or said.is_new_line(at) or said.text[end:said.tokens[at].start].strip(" -"):
                break
            start, last = said.chunk(at)
            chunk = said.cut(start, last)
            is_word = is_phrase and text.isalpha() and chunk.isalpha() and not (
                said.words.is_ordinary(chunk.lower()) or said.words.is_verb(chunk.lower()))
            if not is_word and not (text.isdecimal() and chunk.isdecimal()):
                break
            end, at = last, said.last[at] + 1
        return end

    def _another(self, i: int) -> Iterator[Span]:
        """A second secret after a comma or "or"."""
        said = self.said
        if i < len(said) and (said.has(i, "joins") or said.is_sign(i - 1, ",")):
            i += said.has(i, "joins")
            if i < len(said):
                yield from _far(said, *said.chunk(i), is_near=self.typed > 0)


def _before(said: Said, phrase: Found) -> Iterator[Span]:
    """What stands before the announcing words: "hunter2 is my password", "4821 (OTP)"."""
    at, is_linked = phrase.first - 1, False
    while at >= 0 and phrase.first - at <= _REACH_BEFORE and not said.is_new_line(at + 1):
        if said.has(at, "is", "as"):
            is_linked = True
        elif not said.has(at, "own", "articles") and said.low(at) not in OPENING and not said.is_sign(at, "-–—,"):
            break
        at -= 1
    if at < 0 or (said.is_sign(at, ".?;!") and not is_linked):
        return
    first, start, end = said.chunk_before(at + 1)
    chunk = said.cut(start, end)
    if said.words.is_ordinary(chunk.lower()) or is_measure(chunk, said.words):
        return
    digits, letters = counts(chunk)
    is_beside = is_linked or phrase.owned or at < phrase.first - 1
    if digits and not letters:
        is_held = is_linked or phrase.owned
        if (digits >= _FEWEST_DIRECT and is_held) or (digits >= _FEWEST_DIGITS and phrase.kind == "code" and is_beside):
            while first > max(0, at - _MOST_WORDS) and said.low(first - 1).isdecimal() and len(said.low(first - 1)) > 1:
                first -= 1
            yield Span(said.tokens[first].start, end, "secret")
    elif is_beside and looks_secret(chunk, is_linked):
        yield Span(start, end, "secret")
        if first > 1 and said.has(first - 1, "joins"):
            yield from _far(said, *said.chunk_before(first - 1)[1:], is_near=True)
    elif is_linked and phrase.kind == "secret" and letters >= _FEWEST_LETTERS and (
            said.low(at) in CLOSING or said.starts_clause(first)) and not said.words.is_verb(chunk.lower()):
        yield Span(start, end, "secret")


def _quoted(said: Said, phrase: Found) -> Iterator[Span]:
    """A quotation before the announcing words, with nothing between but how it is used: "'terompet' buat sandi"."""
    least = max(0, phrase.first - _REACH_OF_QUOTE)
    if _OPENINGS.keys().isdisjoint(token.text for token in said.tokens[least:phrase.first]):
        return
    for i in range(phrase.first - 1, least, -1):
        text = said.tokens[i].text
        if text in _OPENINGS and not said.is_spaced(i) and (said.is_spaced(i + 1) or not said.low(i + 1).isalnum()):
            end = said.tokens[i].start
            start = max(said.text.rfind(sign, max(0, end - _LONGEST_QUOTE), end) for sign in _OPENINGS[text]) + 1
            is_open = start == 1 or (start > 1 and not said.text[start - 2].isalnum())
            inner = said.text[start:end].strip().lower() if is_open else ""
            if inner and "\n" not in inner and not all(map(said.words.is_ordinary, inner.split())):
                yield Span(start, end, "secret")
            return
        is_use = said.has(i, "is", "as", "own", "articles", "fillers", "typed", "used", "products")
        if not is_use and text not in ",-–—'":
            return


def _far(said: Said, start: int, end: int, is_near: bool) -> Iterator[Span]:
    """A chunk beside a secret, if it looks like one."""
    chunk = said.cut(start, end)
    if not said.words.is_ordinary(chunk.lower()) and not is_measure(chunk, said.words) and looks_secret(chunk, is_near):
        yield Span(start, end, "secret")
