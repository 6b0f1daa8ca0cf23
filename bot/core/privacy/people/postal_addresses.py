"""Postal addresses, recognised by the words in or before them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_MOST_TOKENS = 60
_MOST_SMALL = 3
_MOST_BETWEEN = 6
_MOST_STREET_WORDS = 4
_LONGEST_HOUSE = 5
_LONGEST_SHORT_FORM = 4
_LONGEST_BLOCK = 2
_REACH_OF_CAPITALS = 6


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of addresses."""
    done = 0
    for found in said.find("street", "place", "house"):
        if found.first >= done:
            first = _skip(said, found.after) if found.kind == "place" else found.first
            walk = _Walk(said, found.kind, said.has(found.first, "sure_streets"))
            end = walk.end(first if found.kind == "place" else found.after)
            if end is not None:
                yield Span(said.tokens[first].start, said.tokens[end].end, "address")
            if end is not None or found.kind == "street":
                done = walk.at
    yield from _number_first(said)


def _skip(said: AnalyzedText, i: int) -> int:
    """The first token of an address after the word "alamat" and connecting words."""
    for _ in range(_MOST_BETWEEN):
        if not (said.has(i, "own", "is", "at_place") or said.is_sign(i, ":=,.-")):
            break
        i += 1
    return i


class _Walk:
    """Walks along an address, and counts its capitalised names, house numbers and other words."""

    def __init__(self, said: AnalyzedText, kind: str, is_sure: bool = False) -> None:
        self._said, self._kind, self._is_sure = said, kind, is_sure
        self._names = self._numbers = self._small = 0
        self._is_shouting = False
        self._is_open = True
        self.at = 0

    def end(self, first: int) -> int | None:
        """The last token of the address that continues at token `first`; None: there is no address."""
        end, i = None, first
        self._is_shouting = all(text.isupper() for text in self._words_from(first))
        while i < min(len(self._said), first + _MOST_TOKENS) and not self._said.is_new_line(i):
            if self._said.is_sign(i, ".,/-#()"):
                is_short_form = i == first and self._is_sure
                if self._said.is_sign(i, ".,") and self._said.is_spaced(i + 1) and not (
                        is_short_form or self._goes_on(i + 1)):
                    break
            elif self._takes(i, end is None):
                end = i
            else:
                break
            i += 1
        self.at = i
        is_house = bool(self._numbers) and (self._kind == "house" or end != first)
        is_named = bool(self._names) and self._kind == "street"
        return end if is_house or is_named else None

    def _words_from(self, first: int) -> Iterator[str]:
        """The first words from token `first`."""
        words = (token.text for token in self._said.tokens[first:first + _REACH_OF_CAPITALS])
        yield from (word for word in words if word.isalpha())

    def _takes(self, i: int, is_first: bool) -> bool:
        """True when token `i` belongs to the address."""
        said, text = self._said, self._said.tokens[i].text
        if self._is_part(i):
            self._is_open, self._small = True, 0
        elif text.isalpha() and not is_first and self._is_part(i - 1) and (
                len(text) <= _LONGEST_BLOCK or said.has(i + 1, "parts")):
            self._is_open = True
        elif self._goes_between(i):
            pass
        elif text[0].isdecimal() and len(text) <= _LONGEST_HOUSE and text.isalnum():
            is_between_parts = not is_first and self._is_part(i - 1 - said.is_sign(i - 1, ".")) and self._is_part(i + 1)
            if (said.has(i + 1, "units") and not is_between_parts) or said.is_sign(i + 1, ":@"):
                return False
            self._numbers, self._is_open, self._small = self._numbers + 1, False, 0
        elif _is_house(text.upper() if self._is_part(i - 1) else text) or (
                len(text) == 1 and text.isupper() and said.is_sign(i + 1, "-/.")):
            self._numbers, self._is_open = self._numbers + 1, False
        elif self._is_name(i):
            self._names, self._is_open = self._names + 1, True
        elif said.has(i, "particles") and not self._names and not self._small:
            pass
        elif text.isalpha() and self._is_open and not self._names and self._small < _MOST_SMALL and (
                not said.is_ordinary(i) or (self._is_sure and not self._numbers)):
            self._small += 1
        else:
            return False
        return True

    def _is_name(self, i: int) -> bool:
        said = self._said
        if self._is_shouted(i):
            return True
        if not said.is_titled(i) or len(said.low(i)) == 1 or said.has(i, "ends"):
            return False
        is_next_sentence = said.is_sign(i - 1, ".") and len(said.low(i - 2)) > _LONGEST_SHORT_FORM
        return not is_next_sentence and (not said.is_ordinary(i) or bool(self._names) or self._kind == "street")

    def _is_shouted(self, i: int) -> bool:
        """True for a name in a text in capitals: a word that is not ordinary."""
        said, text = self._said, self._said.tokens[i].text
        return self._is_shouting and len(text) > 1 and text.isalpha() and text.isupper() and not (
            said.is_ordinary(i) or said.has(i, "ends"))

    def _goes_between(self, i: int) -> bool:
        """True for a word that counts only within an address: a town, a rank in a street's name, an ordinary word in
        capitals that ends a name."""
        said = self._said
        is_town = said.has(i, "towns") and bool(self._numbers or self._names)
        is_rank = said.has(i, "ranks") and not self._names and not self._numbers and not said.is_ordinary(i + 1)
        is_last = self._is_shouted(i - 1) and said.tokens[i].text.isupper() and said.is_sign(i + 1, ",")
        return is_town or is_rank or is_last

    def _is_part(self, i: int) -> bool:
        said = self._said
        return said.has(i, "parts", "street") or said.words.stem(said.low(i)) in said.words.of("street_words")

    def _goes_on(self, i: int) -> bool:
        said = self._said
        if i >= len(said):
            return False
        is_number = said.low(i).rstrip("ºª").isdecimal() or _is_house(said.tokens[i].text)
        is_name = self._is_shouted(i) or (said.is_titled(i) and not said.is_ordinary(i)) or said.has(i, "towns")
        return self._is_part(i) or is_number or is_name


def _is_house(text: str) -> bool:
    """True for a house number such as "B5" or "AA3"."""
    return len(text) <= _LONGEST_HOUSE and text[0].isupper() and text[-1].isdecimal() and text.isalnum()


def _number_first(said: AnalyzedText) -> Iterator[Span]:
    """Addresses that begin with the number: "42 Wattle Grove Road"."""
    for i, token in enumerate(said.tokens):
        if not token.low[0].isdecimal() or len(token.low) > _LONGEST_HOUSE:
            continue
        for last in range(i + 1, min(i + 2 + _MOST_STREET_WORDS, len(said))):
            is_street = said.has(last, "wide_street_ends") or (said.is_titled(last) and said.has(last, "street_ends"))
            if is_street and last > i + 1:
                end = _Walk(said, "street").end(last + 1) if said.is_sign(last + 1, ",.") else None
                yield Span(token.start, said.tokens[last if end is None else end].end, "address")
                break
            if not said.low(last).isalpha() or said.has(last, "units") or (
                    said.is_ordinary(last) and not said.is_titled(last)):
                break
