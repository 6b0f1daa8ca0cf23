"""The tokens of a text, and the spans to replace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W_]+|\S")
# Signs before or after a value that do not belong to it.
OPENING = frozenset("([{<\"'“‘«„`*¿¡")
CLOSING = frozenset(".,:;?)]}>\"'”’»`*")


class Token(NamedTuple):
    """A word, a number or one sign; `low` is its text in lower case."""

    start: int
    end: int
    text: str
    low: str


class Span(NamedTuple):
    """From `start` to before `end`, to be replaced by `mark` in brackets."""

    start: int
    end: int
    mark: str


def tokens(text: str) -> list[Token]:
    """The tokens of a text, in order."""
    return [Token(one.start(), one.end(), one[0], "'" if one[0] == "’" else one[0].lower())
            for one in _TOKEN.finditer(text)]


def is_title(text: str) -> bool:
    """True for a word that is capitalised as names are, and not in capitals."""
    return text[0].isupper() and not (len(text) > 1 and text.isupper()) and text.isalpha()


def replaced(text: str, spans: Iterable[Span]) -> str:
    """`text` with each span replaced by its mark; overlapping spans get the mark of the first."""
    return "".join(_pieces(text, _joined(spans)))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    joined: Span | None = None
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if joined is None or span.start >= joined.end:
            if joined:
                yield joined
            joined = span
        elif span.end > joined.end:
            joined = joined._replace(end=span.end)
    if joined:
        yield joined


def _pieces(text: str, spans: Iterable[Span]) -> Iterator[str]:
    at = 0
    for span in spans:
        yield text[at:span.start]
        yield f"[{span.mark}]"
        at = span.end
    yield text[at:]
