"""Logins: ASCII alone, so that no two people's become one."""

from __future__ import annotations

import sys

import pytest

from bot.core.logins import LONGEST, as_login


@pytest.mark.parametrize("typed", [
    "sari@example.com", " Sari@Example.COM ", "SARI@EXAMPLE.COM\n", "\tsari@example.com"])
def test_one_login_in_any_capitals(typed: str) -> None:
    """And with spaces around it."""
    assert as_login(typed) == "sari@example.com"


@pytest.mark.parametrize("typed", [
    "", "sari", "@example.com", "sari@", "sari@a@b", "sa ri@example.com", "sari@exam\nple.com", "sari@example.com\x00",
    "wea\u212a@example.com", "\u017fari@example.com", "sar\u0131@example.com", "sar\u0130@example.com",
    "o\ufb03ce@example.com", "ｓａｒｉ@example.com", "sari＠example.com", "sari@example。com", "sari\u200b@example.com",
    "s\u0430ri@example.com", "sari@example.com\u00a0", "sari@ex\u00e4mple.com", "stra\u00dfe@example.com",
    "sari@e\u0301xample.com", "\udc80@example.com", "x" * LONGEST + "@example.com"], ids=ascii)
def test_what_is_none(typed: str) -> None:
    """Least of all what only looks like a login, or folds to one."""
    assert as_login(typed) is None


def test_no_sign_beyond_ascii_becomes_another() -> None:
    """Of all that Unicode has."""
    assert not [sign for sign in map(chr, range(128, sys.maxunicode + 1)) if as_login(f"wea{sign}@example.com")]


def test_a_huge_text_costs_nothing() -> None:
    """Only its beginning is looked at."""
    assert as_login("a" * 10_000_000 + "@example.com") is None
