"""Shapes of numbers that are not personal: times, dates, network addresses, amounts, versions."""

from __future__ import annotations

import ipaddress
import re

_LONGEST = 48
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,]\d{1,6})?)?", re.ASCII)
_DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})", re.ASCII)
_SPACED_DATE = re.compile(r"(\d{1,4})( )(\d{1,2}) (\d{4})", re.ASCII)
_COMPACT_DATE = re.compile(r"((?:19|20)\d\d)()(\d\d)(\d\d)", re.ASCII)
_YEARS = re.compile(r"(?:19|20)\d\d[-–/.](?:(?:19|20)?\d\d)", re.ASCII)
_MONTH = re.compile(r"(?:0?[1-9]|1[0-2])[-/.](?:19|20)\d\d|(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])", re.ASCII)
_ADDRESS = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5}|/\d{1,2})?", re.ASCII)
_MACHINE = re.compile(r"(?<![\w:.])[0-9A-Fa-f:.]{3,45}(?![\w:])", re.ASCII)
_UUID = re.compile(r"(?<![\w-])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![\w-])", re.ASCII)
_STAMP = re.compile(r"(?<!\d)\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?(?!\w)", re.ASCII)
_CARD_OF_MACHINE = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}", re.ASCII)
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?", re.ASCII)
_SPACED_AMOUNT = re.compile(r"[1-9]\d{0,2}(?: \d{3})* 000", re.ASCII)
_PLAIN_AMOUNT = re.compile(r"[1-9]\d{0,8}(?:[.,]\d{1,2})?", re.ASCII)
_VERSION = re.compile(r"(?!62\.|0\d)\d{1,2}\.\d{1,2}\.\d{1,5}(?:\.\d{1,5}){0,2}(?:-\d{1,5})?", re.ASCII)
_DECIMAL = re.compile(r"[0-9][.,]\d{1,12}", re.ASCII)
_FRACTION = re.compile(r"\d{1,6}[.,]\d{1,12}", re.ASCII)


def is_moment_or_machine(word: str) -> bool:
    """True for a time, a date, years or an IP address, or two of them with a dash between."""
    if len(word) > _LONGEST:
        return False
    if _one(word):
        return True
    return any(_one(word[:at]) and _one(word[at + 1:]) for at, sign in enumerate(word) if sign in "-–—")


def _one(word: str) -> bool:
    if _YEARS.fullmatch(word) or _MONTH.fullmatch(word):
        return True
    if time := _TIME.fullmatch(word):
        return int(time[1]) <= 24 and int(time[2]) < 60 and int(time[3] or 0) < 60
    if machine := _ADDRESS.fullmatch(word):
        return _is_machine(machine[1])
    return is_date(word)


def is_date(word: str) -> bool:
    """True for a valid date in digits, in any usual order."""
    for shape in (_DATE, _SPACED_DATE, _COMPACT_DATE):
        if found := shape.fullmatch(word):
            first, middle, end = found[1], int(found[3]), found[4]
            if len(first) == 4:
                year, days = int(first), int(end)
            elif len(end) in (2, 4) and len(first) <= 2:
                year, days = int(end) if len(end) == 4 else 2000, int(first)
            else:
                return False
            return 1900 <= year < 2100 and 0 < min(middle, days) <= 12 and max(middle, days) <= 31
    return False


def is_spaced_date(text: str) -> bool:
    """True for a date with spaces or no separators."""
    return bool(_SPACED_DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)) and is_date(text)


def is_amount(text: str) -> bool:
    """True for an amount: grouped in thousands, or round."""
    if len(text) > _LONGEST:
        return False
    ends = text.partition("-")
    if ends[2]:
        return all(_AMOUNT.fullmatch(end) or (end.isdecimal() and end.endswith("00")) for end in (ends[0], ends[2]))
    digits = "".join(filter(str.isdecimal, text))
    if _DECIMAL.fullmatch(text):
        return True
    if _AMOUNT.fullmatch(text):
        return len(digits) <= 9 or digits.endswith("000")
    return bool(_SPACED_AMOUNT.fullmatch(text) or (_PLAIN_AMOUNT.fullmatch(text) and text.endswith("000")))


def is_counted(text: str) -> bool:
    """True for a number that may stand before a unit or beside a currency."""
    return len(text) <= _LONGEST and bool(
        _AMOUNT.fullmatch(text) or _PLAIN_AMOUNT.fullmatch(text) or _SPACED_AMOUNT.fullmatch(text)
        or _FRACTION.fullmatch(text) or is_amount(text))


def is_version(text: str) -> bool:
    """True for a version number."""
    return len(text) <= _LONGEST and bool(_VERSION.fullmatch(text))


def machines(text: str) -> list[tuple[int, int]]:
    """(start, end) of IPv6 and MAC addresses, UUIDs and time stamps."""
    found = [one.span() for shape in (_UUID, _STAMP) for one in shape.finditer(text)]
    for one in _MACHINE.finditer(text):
        word = one[0].rstrip(".:") if not one[0].endswith("::") else one[0]
        if word.count(":") >= 2 and (_is_machine(word) or _CARD_OF_MACHINE.fullmatch(word)):
            found.append((one.start(), one.start() + len(word)))
    return sorted(found)


def _is_machine(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True
