"""How often the bot is asked the same, by a clock of the test's own."""

from __future__ import annotations

from bot.live.bot_failures import MOST_ATTEMPTS, MOST_TIMEOUTS, REST_SECONDS, BotFailures


def test_a_rest_after_a_timeout() -> None:
    """Then once more, and no third time."""
    now = [0.0]
    patience = BotFailures(lambda: now[0])
    assert not patience.is_over("c", 1, timed_out=True)
    assert patience.rests("c") and not patience.rests("d")
    now[0] = REST_SECONDS
    assert not patience.rests("c")
    assert MOST_TIMEOUTS == 2 and patience.is_over("c", 1, timed_out=True)


def test_another_failure_needs_no_rest() -> None:
    """It may be over with the next try."""
    patience = BotFailures(lambda: 0.0)
    tries = [patience.is_over("c", 1, timed_out=False) for _ in range(MOST_ATTEMPTS)]
    assert tries == [False] * (MOST_ATTEMPTS - 1) + [True] and not patience.rests("c")


def test_each_message_counts_alone() -> None:
    """Its own answer ends the rest and the count, another's does not."""
    patience = BotFailures(lambda: 0.0)
    patience.is_over("c", 1, timed_out=True)
    patience.answered("c", 2)
    assert patience.rests("c")
    patience.answered("c", 1)
    assert not patience.rests("c")
    assert not patience.is_over("c", 2, timed_out=True)
    assert not patience.is_over("c", 3, timed_out=True)
