"""Links that give access or lead to a person, and handles: names on other services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.privacy.secrets.api_keys import is_random
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_LINK = re.compile(
    r"(?i)(?<![\w.@:/-])(?:[a-z]{2,10}://)?([\w-]{1,63}(?:\.[\w-]{1,63}){1,6})(?::\d{2,5})?([/?#][^\s<>\"']*)")
_WITH_PASSWORD = re.compile(r"(?i)[a-z]{2,10}://[^\s/@:]{1,200}:[^\s/@]{1,200}@")
_HANDLE = re.compile(r"(?<![\w@.])@[^\W\d][\w.]*")
_PARTS = re.compile(r"[/?&#;]")
_LONGEST_PATH = 2000
_DIGITS_OF_A_DOOR = 8
_SHORTEST_RANDOM = 8
_REACH = 5


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of links with a key, a meeting or a person; other links stay."""
    for one in _WITH_PASSWORD.finditer(said.text):
        yield Span(*one.span(), "link")
    for one in _LINK.finditer(said.text):
        if one[1].lower() in said.words.of("profile_hosts") or _is_personal(said, one[2][:_LONGEST_PATH]):
            yield Span(one.start(), one.start() + len(one[0].rstrip(".,:;!?)")), "link")


def public(said: AnalyzedText) -> Iterator[tuple[int, int]]:
    """(start, end) of links to public pages, by their paths."""
    for one in _LINK.finditer(said.text):
        path = one[2][:_LONGEST_PATH]
        if _is_public(said, _PARTS.split(path)) and not _is_personal(said, path):
            yield one.span()


def _is_public(said: AnalyzedText, parts: list[str]) -> bool:
    return any(part.lower() in said.words.of("public_paths") for part in parts)


def _is_personal(said: AnalyzedText, path: str) -> bool:
    """True when the path and query of a link give access, or name a person."""
    parts = [part for part in _PARTS.split(path) if part]
    is_public, before = _is_public(said, parts), ""
    for part in parts:
        name, is_pair, value = part.partition("=")
        value = value if is_pair else name
        if is_pair and len(value) > 2 and name.lower() in said.words.of("keys"):
            return True
        if not is_pair and before in said.words.of("personal_paths"):
            return True
        if not is_public and sum(map(str.isdigit, value)) >= _DIGITS_OF_A_DOOR:
            return True
        if len(value) >= _SHORTEST_RANDOM and is_random(value):
            return True
        before = part.lower()
    return False


def handles(said: AnalyzedText) -> Iterator[Span]:
    """The spans of "@name", and of names that a word announces ("ig: budi_s")."""
    for one in _HANDLE.finditer(said.text):
        if one[0][1:].rstrip(".").lower() not in said.words.of("everybody"):
            yield Span(*one.span(), "name")
    for found in said.find("handle"):
        is_strong = False
        for i in range(found.after, min(found.after + _REACH, len(said))):
            if said.is_sign(i, ":=") or said.has(i, "is"):
                is_strong = True
            elif not said.has(i, "own") and not said.is_sign(i, ",-(\"@"):
                if not said.is_new_line(i) or is_strong:
                    yield from _handle(said, i, is_strong)
                break


def _handle(said: AnalyzedText, i: int, is_strong: bool) -> Iterator[Span]:
    """The chunk of token `i` if it looks like a handle; after a colon (`is_strong`), any word that is not ordinary
    does."""
    start, end = said.chunk(i)
    chunk = said.cut(start, end)
    has_letter = any(map(str.isalpha, chunk))
    is_mixed = any(map(str.isdigit, chunk)) and has_letter
    is_marked = has_letter and any(sign in chunk[1:-1] for sign in "._#")
    is_word = chunk[0].isalpha() and not said.words.is_verb(chunk.lower())
    if not said.words.is_ordinary(chunk.lower()) and (is_mixed or is_marked or (is_strong and is_word)):
        yield Span(start, end, "name")
