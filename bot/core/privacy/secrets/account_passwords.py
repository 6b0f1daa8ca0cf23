"""Passwords beside an account name: "login: a@b.id mawar88"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from bot.core.privacy.people import emails, links
from bot.core.privacy.secrets.looks_like_secret import counts, is_measure
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_MOST_BETWEEN = 6
_FEWEST_LETTERS = 3
_SHORTEST = 5
_SIGNS = "!@#$%^&*_"


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of these passwords."""
    is_login = not said.words.of("signs_in").isdisjoint(token.low for token in said.tokens)
    if not is_login and "@" not in said.text:
        return
    starts = [token.start for token in said.tokens]
    accounts = list(emails.find(said))
    taken = {at for account in accounts for at in (account.start, account.end - 1)}
    for account in (*accounts, *links.handles(said)):
        after = bisect_left(starts, account.end)
        if is_login or said.is_sign(after, ":/|"):
            yield from _after(said, after, taken)


def _after(said: AnalyzedText, first: int, taken: set[int]) -> Iterator[Span]:
    """The chunk after an account that ends before token `first`, past signs and words that join."""
    for i in range(first, min(first + _MOST_BETWEEN, len(said))):
        if said.tokens[i].text in "?" or said.tokens[i].start in taken:
            return
        if said.low(i).isalnum() and not said.has(i, "joins", "fillers", "beside"):
            start, end = said.chunk(i)
            if end - 1 not in taken and is_password(said, said.cut(start, end)):
                yield Span(start, end, "secret")
            return


def is_password(said: AnalyzedText, chunk: str) -> bool:
    """True for a chunk with letters and a digit or sign that is no product, file or ticket."""
    digits, letters = counts(chunk)
    has_sign = any(sign in _SIGNS for sign in chunk)
    is_link = "://" in chunk or ("/" in chunk and "." in chunk)
    is_label = said.words.stem(chunk.rstrip("0123456789").rstrip("-#").lower()) in said.words.of("labels")
    return len(chunk) >= _SHORTEST and letters >= _FEWEST_LETTERS and (digits > 0 or has_sign) and not (
        is_link or is_label or is_measure(chunk, said.words) or said.words.is_ordinary(chunk.lower()))
