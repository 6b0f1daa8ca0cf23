"""Passwords in a pair with a user name: "creds are budi / mawar", "login budi:mawar"."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.secrets.account_passwords import is_password
from bot.core.privacy.secrets.looks_like_secret import counts, looks_secret
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_MOST_BETWEEN = 6
_LONGEST_NAME = 8
_MOST_OF_ACCOUNT = 5
_FEWEST_LETTERS = 3


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of these passwords."""
    for found in said.find("pairs"):
        yield from _pair(said, found.after, is_announced=True)
    for i, token in enumerate(said.tokens):
        if token.low in said.words.of("signs_in"):
            yield from _pair(said, i + 1, is_announced=False)
            for colon in range(i + 1, i + _MOST_OF_ACCOUNT):
                if said.is_sign(colon, ":") and said.is_spaced(colon + 1):
                    spans = _pair(said, colon + 1, is_announced=True)
                    yield from (span for span in spans if is_password(said, said.cut(span.start, span.end)))


def _pair(said: AnalyzedText, first: int, is_announced: bool) -> Iterator[Span]:
    """The password of a pair whose user name stands at token `first` or soon after."""
    name = first
    while is_announced and name < first + _MOST_BETWEEN and said.has(name, "used", "fillers", "own", "is"):
        name += 1
    while name < first + _MOST_BETWEEN and (said.is_sign(name, ":=(-\"'") or (
            said.has(name, "is", "as", "own", "beside", "fillers") and said.is_spaced(name + 1))):
        name += 1
    if not said.low(name).isalnum() or (said.is_new_line(name) and not said.is_sign(name - 1, ":")):
        return
    for i in range(name + 1, min(name + _LONGEST_NAME, len(said) - 1)):
        is_glued = not said.is_spaced(i) and not said.is_spaced(i + 1)
        is_sign = said.is_sign(i, ":/|&") and (is_announced or is_glued)
        is_apart = said.is_sign(i, "-,") and said.is_spaced(i + 1)
        if said.is_sign(i, "/:") and said.is_sign(i + 1, "/"):
            return
        if is_sign or is_apart or said.has(i, "joins", "beside"):
            start, end = said.chunk(i + 1)
            chunk = said.cut(start, end)
            is_direct = i == name + 1 and (is_announced or said.is_sign(i, ":"))
            is_mixed = (is_sign or is_announced or said.has(i, "beside")) and is_password(said, chunk)
            if is_mixed or (is_direct and _is_word(said, name, chunk)):
                yield Span(start, end, "secret")
            return


def _is_word(said: AnalyzedText, name: int, chunk: str) -> bool:
    """True for a chunk of letters that may be the password of the user name at token `name`."""
    low = said.low(name)
    is_name = low.isalnum() and not low.isdecimal() and not said.has(name, "labels", "units", "faults")
    is_everyday = said.words.is_ordinary(chunk.lower()) or (
        said.words.is_said_of(chunk.lower()) and (said.is_ordinary(name) or said.words.is_said_of(low)))
    return is_name and not is_everyday and chunk[0].isalnum() and (
        counts(chunk)[1] >= _FEWEST_LETTERS or looks_secret(chunk, is_near=True))
