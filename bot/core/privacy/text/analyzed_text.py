"""The form of a text that the recognisers read: tokens, and the word lists to which each belongs.

A recogniser walks over tokens, a bounded way from each, and uses no regular expression that backtracks. So its time is
linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.text.tokens import CLOSING, OPENING, is_title, tokens
from bot.core.privacy.text.word_lists import WordLists, WordMatch

_MOST_CLOSING = 8
_LONGEST_CHUNK_BEFORE = 100
_LONGEST_LOOK = 256


class AnalyzedText:
    """`last[i]` is the index of the last token before the next white space after token `i`."""

    def __init__(self, text: str, words: WordLists) -> None:
        self.text, self.words = text, words
        self.tokens = tokens(text)
        lows = [token.low for token in self.tokens]
        self._lists = [words.lists(low) for low in lows]
        self._phrases = [list(words.phrases(lows, i)) for i, low in enumerate(lows) if words.begins_phrase(low)]
        self.last = list(range(len(self.tokens)))
        for i in range(len(self.tokens) - 2, -1, -1):
            if self.tokens[i].end == self.tokens[i + 1].start:
                self.last[i] = self.last[i + 1]

    def __len__(self) -> int:
        """The number of tokens."""
        return len(self.tokens)

    def low(self, i: int) -> str:
        """Token `i` in lower case; empty outside of the text."""
        return self.tokens[i].low if 0 <= i < len(self.tokens) else ""

    def has(self, i: int, *lists: str) -> bool:
        """True when one of the lists has token `i`."""
        return 0 <= i < len(self._lists) and not self._lists[i].isdisjoint(lists)

    def is_sign(self, i: int, signs: str) -> bool:
        """True when token `i` is one of the signs."""
        return 0 <= i < len(self.tokens) and self.tokens[i].text in signs

    def is_ordinary(self, i: int) -> bool:
        """True for an ordinary word."""
        return self.words.is_ordinary(self.low(i))

    def is_titled(self, i: int) -> bool:
        """True for a capitalised word, as names are."""
        return 0 <= i < len(self.tokens) and is_title(self.tokens[i].text)

    def is_spaced(self, i: int) -> bool:
        """True when white space is before token `i`; also for the first token, and after the last."""
        return not 0 < i < len(self.tokens) or self.tokens[i - 1].end < self.tokens[i].start

    def is_new_line(self, i: int) -> bool:
        """True when token `i` begins a line."""
        return not 0 < i < len(self.tokens) or "\n" in self.text[self.tokens[i - 1].end:self.tokens[i].start]

    def starts_clause(self, i: int) -> bool:
        """True when token `i` begins a line or follows a sign."""
        return self.is_new_line(i) or not self.tokens[i - 1].text[0].isalnum()

    def find(self, *kinds: str) -> Iterator[WordMatch]:
        """The phrases of these lists in order: the longest at each place, without overlaps."""
        after = 0
        for phrases in self._phrases:
            found = next((phrase for phrase in phrases if phrase.first >= after and phrase.kind in kinds), None)
            if found:
                after = found.after
                yield found

    def chunk(self, i: int) -> tuple[int, int]:
        """(start, end) of the chunk from token `i` to the next white space, without closing signs."""
        return self.tokens[i].start, self._trimmed(self.tokens[i].start, self.tokens[self.last[i]].end)

    def chunk_before(self, i: int) -> tuple[int, int, int]:
        """(first token, start, end) of the chunk before token `i`, back to white space."""
        first = i - 1
        while first > max(0, i - _LONGEST_CHUNK_BEFORE) and not self.is_spaced(first):
            first -= 1
        while first < i - 1 and self.tokens[first].text in OPENING:
            first += 1
        return first, self.tokens[first].start, self._trimmed(self.tokens[first].start, self.tokens[i - 1].end)

    def cut(self, start: int, end: int) -> str:
        """The text of a span, limited to `_LONGEST_LOOK` characters."""
        return self.text[start:min(end, start + _LONGEST_LOOK)]

    def _trimmed(self, start: int, end: int) -> int:
        least = max(start + 1, end - _MOST_CLOSING)
        while end > least and self.text[end - 1] in CLOSING:
            end -= 1
        return end
