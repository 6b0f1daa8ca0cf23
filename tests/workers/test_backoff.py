"""When to try again."""

from __future__ import annotations

from bot.workers.backoff import Backoff


def test_each_time_later() -> None:
    """Twice as long, up to the longest; each key by itself; over, it begins anew."""
    now = 0.0
    backoff = Backoff(5, 300, lambda: now)
    assert backoff.is_due("a")
    assert [backoff.failed("a") for _ in range(8)] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert not backoff.is_due("a") and backoff.is_due("b")
    now = 300.0
    assert backoff.is_due("a")
    backoff.went_well("a")
    assert backoff.failed("a") == 5


def test_the_other_side_says_when() -> None:
    """Then that counts, be it sooner or later."""
    now = 0.0
    backoff = Backoff(5, 300, lambda: now)
    assert backoff.failed("a", 0.5) == 0.5
    now = 0.5
    assert backoff.is_due("a")
    assert backoff.failed("a", 1000) == 1000
    now = 1000.0
    assert not backoff.is_due("a")


def test_failing_for_ever() -> None:
    """No number grows too large."""
    backoff = Backoff(5, 300, lambda: 0.0)
    assert {backoff.failed("a") for _ in range(2000)} == {5, 10, 20, 40, 80, 160, 300}
