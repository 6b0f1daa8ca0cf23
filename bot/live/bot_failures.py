"""What the bot has failed on: how often, and until when it is not asked again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

# A message on which the bot fails this often, while it answers others, gets an apology instead.
MOST_ATTEMPTS = 3
# One that took too long would take as long again: once more, after a rest, and no third time.
MOST_TIMEOUTS = 2
REST_SECONDS = 10.0


@dataclass
class _Failing:
    seq: int
    times: int = 0
    timeouts: int = 0
    rests_until: float = 0.0


class BotFailures:
    """Of each conversation the message that the bot has failed on last. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failing: dict[str, _Failing] = {}

    def is_over(self, conversation_id: str, seq: int, *, timed_out: bool) -> bool:
        """The bot has failed on a message once more: True when it is not to be asked again."""
        one = self._failing.get(conversation_id)
        if one is None or one.seq != seq:
            one = self._failing[conversation_id] = _Failing(seq)
        one.times += 1
        if timed_out:
            one.timeouts += 1
            one.rests_until = self._clock() + REST_SECONDS
        return one.times >= MOST_ATTEMPTS or one.timeouts >= MOST_TIMEOUTS

    def rests(self, conversation_id: str) -> bool:
        """True while the bot is to be asked nothing of this conversation."""
        one = self._failing.get(conversation_id)
        return one is not None and self._clock() < one.rests_until

    def answered(self, conversation_id: str, seq: int) -> None:
        """This message has its answer: a button may have one while another rests."""
        one = self._failing.get(conversation_id)
        if one is not None and one.seq == seq:
            del self._failing[conversation_id]
