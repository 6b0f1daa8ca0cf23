"""What an error says of when to come back."""

from __future__ import annotations

from bot.core.errors import LONGEST_WAIT, DeskUnavailable


def test_a_desk_that_wants_a_year() -> None:
    """It is asked again all the same: agents may be there long before."""
    assert DeskUnavailable("away", retry_after=31_536_000.0).retry_after == LONGEST_WAIT
    assert DeskUnavailable("away", retry_after=30.0).retry_after == 30.0
    assert DeskUnavailable("away").retry_after is None
    for odd in (float("nan"), -3.0):
        assert DeskUnavailable("away", retry_after=odd).retry_after == 0.0
