"""IBANs: "GB29 NWBK 6016 1331 9268 19"."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_SHORTEST, _LONGEST = 15, 34
_FEWEST_DIGITS = 8
_HEAD = 4
_GROUP = 4


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of IBANs, in one piece or in groups of four."""
    for i, token in enumerate(said.tokens):
        if len(token.text) >= _HEAD and token.text[:2].isalpha() and token.text[2:_HEAD].isdecimal() and (
                token.text.isascii()):
            last = _last(said, i)
            text = "".join(filter(str.isalnum, said.text[token.start:said.tokens[last].end]))
            if _SHORTEST <= len(text) <= _LONGEST and sum(map(str.isdecimal, text)) >= _FEWEST_DIGITS:
                yield Span(token.start, said.tokens[last].end, "number")


def _last(said: AnalyzedText, i: int) -> int:
    """The last token of the groups that begin with token `i`; a group of less than four ends them."""
    length = len(said.tokens[i].text)
    while length % _GROUP == 0 and length < _LONGEST:
        following = i + 1 + said.is_sign(i + 1, "-")
        text = said.tokens[following].text if following < len(said) else ""
        is_group = text.isalnum() and (any(map(str.isdecimal, text)) or text.isupper())
        if not is_group or len(text) > _GROUP or said.is_new_line(following):
            break
        i, length = following, length + len(text)
    return i
