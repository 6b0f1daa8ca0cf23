"""Counts the bot's failures: how often it failed on a message, and how long that conversation rests."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

# After so many failures on one message, while the bot answers others, its visitor gets an apology.
MOST_ATTEMPTS = 3
# After a timeout the bot is asked once more, after a rest: a third try would take as long again.
MOST_TIMEOUTS = 2
REST_SECONDS = 10.0


@dataclass
class _Failing:
    seq: int
    times: int = 0
    timeouts: int = 0
    rests_until: float = 0.0  # by the clock of `BotFailures`


class BotFailures:
    """Keeps, for each conversation, the message on which the bot failed last. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failing: dict[str, _Failing] = {}

    def is_over(self, conversation_id: str, seq: int, *, timed_out: bool) -> bool:
        """Count one more failure on message `seq`; True when the bot must not be asked again."""
        one = self._failing.get(conversation_id)
        if one is None or one.seq != seq:
            one = self._failing[conversation_id] = _Failing(seq)
        one.times += 1
        if timed_out:
            one.timeouts += 1
            one.rests_until = self._clock() + REST_SECONDS
        return one.times >= MOST_ATTEMPTS or one.timeouts >= MOST_TIMEOUTS

    def rests(self, conversation_id: str) -> bool:
        """True while the bot must not be asked about this conversation."""
        one = self._failing.get(conversation_id)
        return one is not None and self._clock() < one.rests_until

    def answered(self, conversation_id: str, seq: int) -> None:
        """Forget the failures on message `seq`. A button may be answered while another message rests."""
        one = self._failing.get(conversation_id)
        if one is not None and one.seq == seq:
            del self._failing[conversation_id]
