"""Rate limits, by a clock of the test's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.live import rate_limits
from bot.live.rate_limits import TokenBuckets


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_the_rate() -> None:
    """Three at once, then one every two seconds."""
    clock = Clock()
    buckets = TokenBuckets(30, 3, clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == 2
    clock.now = 1
    assert buckets.take("a") == 1
    clock.now = 2
    assert buckets.take("a") == 0


def test_everybody_has_a_bucket() -> None:
    """One who is too fast stops nobody else."""
    buckets = TokenBuckets(60, 1, Clock())
    assert buckets.take("a") == 0 and buckets.take("a") > 0 and buckets.take("b") == 0


def test_the_oldest_are_forgotten(monkeypatch: object) -> None:
    """Memory has a bound."""
    buckets = TokenBuckets(60, 1, Clock())
    for number in range(rate_limits.MOST_KEYS + 10):
        buckets.take(str(number))
    assert len(buckets._levels) == rate_limits.MOST_KEYS


@given(st.lists(st.floats(0, 30), max_size=200))
def test_never_more_than_promised(pauses: list[float]) -> None:
    """In any stretch from the start: the burst, and the rate times the time."""
    clock = Clock()
    buckets = TokenBuckets(60, 5, clock)
    taken = 0
    for pause in pauses:
        clock.now += pause
        taken += buckets.take("a") == 0
        assert taken <= 5 + clock.now + 1e-6
