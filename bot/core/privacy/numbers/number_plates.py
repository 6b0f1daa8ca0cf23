"""Number plates that a word announces: "plat B 1234 XYZ", "my car is 7ABC123"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_REACH = 8
_REACH_BEFORE = 6
_MOST_GROUPS = 3
_LONGEST_OF_LETTERS = 2
_SHORTEST, _LONGEST = 4, 9
# Shapes after a word for a vehicle, and the wider ones after a word for a plate.
_OF_VEHICLE = re.compile(
    r"[A-Z]{1,2} ?\d{1,4} ?[A-Z]{1,3}|[a-z]{1,2} ?\d{3,4} ?[a-z]{2,3}|\d{4} ?[B-DF-HJ-NP-TV-Z]{3}|\d[A-Z]{3}\d{3}|"
    r"[A-Z]{2}\d{2} ?[A-Z]{3}", re.ASCII)
_OF_PLATE = re.compile(
    r"[a-z]{1,3} ?\d{1,4}(?: ?[a-z]{1,3})?|\d{1,4} ?[a-z]{2,3}(?: ?\d{1,4})?|[a-z]{2}\d{2} ?[a-z]{3}|"
    r"[a-z]{1,3}\d{1,3}[a-z]{1,2} ?\d{1,3}", re.ASCII | re.IGNORECASE)


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of plates after an announcing phrase, or else before it."""
    for found in said.find("plate", "vehicle"):
        shape = _OF_PLATE if found.kind == "plate" else _OF_VEHICLE
        after = range(found.after, min(found.after + _REACH, len(said)))
        before = range(max(0, found.first - _REACH_BEFORE), found.first)
        yield from next(filter(None, (_plate(said, i, shape, of.stop) for of in (after, before) for i in of)), ())


def _plate(said: AnalyzedText, first: int, shape: re.Pattern[str], stop: int) -> list[Span]:
    """The longest plate that begins at token `first`, near token `stop` at most; [] without one."""
    plates, text, last = list[Span](), "", first
    for _ in range(_MOST_GROUPS):
        if last >= min(stop + _MOST_GROUPS, len(said)) or not said.low(last).isalnum():
            break
        text = f"{text} {said.tokens[last].text}".strip()
        if said.has(last, "products") and len(said.low(last)) > _LONGEST_OF_LETTERS:
            return []
        is_measured = said.has(last, "units") and said.low(last - 1).isdecimal() and last > first
        is_whole = _SHORTEST <= sum(map(str.isalnum, text)) <= _LONGEST and shape.fullmatch(text)
        if is_whole and not is_measured and any(map(str.isdecimal, text)):
            plates = [Span(said.tokens[first].start, said.tokens[last].end, "number")]
        last += 1 + said.is_sign(last + 1, "-.")
    return plates if not said.is_ordinary(first) or said.tokens[first].text.isupper() else []
