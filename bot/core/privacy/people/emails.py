"""E-mail addresses, in the usual form or spelled out: "budi (at) gmail dot com"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import OPENING, Span

_USUAL = re.compile(r"(?<![\w.+'’-])[\w.+'’-]+[@＠][\w-]+(?:\.[\w-]+)+")
_AT = "@＠"
_MOST_PARTS = 10


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of addresses."""
    for one in _USUAL.finditer(said.text):
        yield Span(one.end() - len(one[0].lstrip("'’.-")), one.end(), "e-mail")
    for i in range(1, len(said)):
        if said.is_sign(i, _AT) or said.has(i, "at") or (said.has(i, "at_in_brackets") and said.low(i - 1) in OPENING):
            yield from _around(said, i)


def _around(said: AnalyzedText, at: int) -> Iterator[Span]:
    """The address around token `at`: a local part, and labels with dots, or words for dots, between them."""
    left, right = at - 1, at + 1
    is_bracketed = said.low(left) in OPENING and said.is_sign(right, ")]}>*")
    if is_bracketed:
        left, right = left - 1, right + 1
    end, is_spelled = _domain(said, right)
    if end is None or not said.low(left)[-1:].isalnum():
        return
    is_everyday = said.is_ordinary(left) or said.words.is_verb(said.low(left))
    first = _local(said, left)
    if said.tokens[at].text.isalpha() and not is_bracketed and is_everyday and (first == left) and not (
            said.has(right, "mailboxes") and not said.is_ordinary(left)):
        return
    if is_spelled or is_bracketed or said.is_sign(at, _AT) or said.has(right, "mailboxes") or not is_everyday:
        yield Span(said.tokens[first].start, said.tokens[end].end, "e-mail")


def _domain(said: AnalyzedText, i: int) -> tuple[int | None, bool]:
    """(last token of the domain that begins at token `i`, or None; whether one of its dots is spelled out)."""
    end, is_spelled = None, False
    while said.low(i).isalnum():
        while said.is_sign(i + 1, "-") and not said.is_spaced(i + 1) and not said.is_spaced(i + 2) and (
                said.low(i + 2).isalnum()):
            i += 2
        dot = i + 1
        is_plain = said.is_sign(dot, ".")
        is_in_brackets = said.low(dot) in OPENING and (said.has(dot + 1, "dot") or said.is_sign(dot + 1, "."))
        is_end_of_sentence = is_plain and said.is_spaced(dot + 1) and not said.is_spaced(dot)
        if is_end_of_sentence or not (is_plain or is_in_brackets or said.has(dot, "dot")):
            break
        after = dot + 3 if is_in_brackets else dot + 1
        if not said.low(after).isalpha() or said.is_new_line(after):
            break
        is_spelled |= not is_plain or said.is_spaced(dot)
        end = i = after
    return end, is_spelled


def _local(said: AnalyzedText, last: int) -> int:
    """The first token of the local part that ends with token `last`."""
    first = last
    for _ in range(_MOST_PARTS):
        sign = first - 1
        is_glued = said.is_sign(sign, ".-_+'") and not said.is_spaced(first) and not said.is_spaced(sign)
        is_apart = said.is_sign(sign, "._") or said.has(sign, "dot", "spelled_signs")
        if not said.low(sign - 1).isalnum() or not (is_glued or is_apart):
            break
        first -= 2
    return first
