"""Decides whether a chunk beside an announcing word is the secret, or a word about it."""

from __future__ import annotations

from bot.core.privacy.numbers.digit_groups import split
from bot.core.privacy.numbers.harmless_numbers import is_moment_or_machine
from bot.core.privacy.text.word_lists import WordLists

_FEWEST_DIGITS = 4
_FEWEST_DIRECT = 3
_FEWEST_LETTERS = 4
_YEARS = ("19", "20")
_NO_MIXTURE = frozenset("-/.,'’()")


def is_told(chunk: str, words: WordLists, kind: str, is_strong: bool, is_direct: bool, is_owned: bool) -> bool:
    """True when a chunk is the secret that a phrase of list `kind` announces. `is_strong`: "is" or a colon stands
    between; `is_direct`: no other word does; `is_owned`: the phrase says whose it is."""
    if words.is_ordinary(chunk.lower()) or is_measure(chunk, words, is_strong):
        return False
    digits, letters = counts(chunk)
    if digits and not letters:
        is_near = is_strong or (is_direct and kind == "code")
        is_year = len(chunk) == 4 and chunk.startswith(_YEARS)
        is_placed = is_strong or is_direct or (kind == "code" and not is_year)
        return digits >= (_FEWEST_DIRECT if is_near else _FEWEST_DIGITS) and is_placed and ":" not in chunk
    if looks_secret(chunk, is_strong or is_direct):
        return True
    return kind == "secret" and (letters > 1 if is_strong else is_owned and is_direct and letters >= _FEWEST_LETTERS)


def looks_secret(chunk: str, is_near: bool) -> bool:
    """True for a chunk with a mixture of characters as in passwords; more of it is needed far from the announcement."""
    digits, letters = counts(chunk)
    if is_near:
        has_capital_inside = any(map(str.isupper, chunk[1:])) and any(map(str.islower, chunk))
        has_sign = any(not sign.isalnum() and sign not in _NO_MIXTURE for sign in chunk)
        is_mixed = letters > 0 and (digits > 0 or has_capital_inside)
        return is_mixed or (has_sign and letters + digits > 2 and chunk[0] != "/")
    is_product = chunk.isalnum() and chunk[:-2].isalpha() and chunk[0].isupper()
    has_sign = any(sign in "!@#$%^&*_" for sign in chunk)
    return (letters >= 4 and digits >= 2 and not is_product) or (letters >= 3 and digits >= 1 and has_sign)


def shape(chunk: str) -> str:
    """The shape that the codes of a list share: the length, and the places of signs."""
    return "9" * len(chunk) if chunk.isdecimal() else "".join("x" if sign.isalnum() else sign for sign in chunk)


def is_odd(chunk: str, words: WordLists) -> bool:
    """True for a word with a capital inside that is no product (iPhone)."""
    return chunk.isalpha() and chunk[1:] != chunk[1:].lower() and chunk != chunk.upper() and (
        words.lists(words.stem(chunk.lower())).isdisjoint(("products", "brands")))


def is_measure(chunk: str, words: WordLists, is_strong: bool = False) -> bool:
    """True for a time, a number with its unit (1080p), a product with its number (iOS17), a word with the digit of
    repetition (kadang2), or the number of a ticket."""
    if is_moment_or_machine(chunk) and not chunk.isdecimal():
        return True
    front, sign, back = chunk.partition("-")
    if sign and front.isupper() and back.isdecimal() and words.stem(front.lower()) in words.of("labels"):
        return True
    parts = split(chunk) if chunk.isalnum() else None
    if parts is None:
        return False
    word, figure, unit = parts[0].lower(), parts[1], parts[2].lower()
    is_numbered = word in words.of("products") or (figure == "2" and words.is_ordinary(word))
    return (bool(unit) and unit in words.of("units")) or (bool(word) and is_numbered and not is_strong)


def counts(chunk: str) -> tuple[int, int]:
    """(number of digits, number of letters) of a chunk."""
    return sum(map(str.isdecimal, chunk)), sum(map(str.isalpha, chunk))
