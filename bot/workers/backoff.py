"""When to try something again that has failed: each time later, for each key by itself."""

from __future__ import annotations

import time
from collections.abc import Callable


class Backoff:
    """Pauses in seconds: `first` after the first failure, twice as long after each further one, `longest` at most."""

    def __init__(self, first: float, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._first = first
        self._longest = longest
        self._clock = clock
        self._failures: dict[str, tuple[int, float]] = {}

    def is_due(self, key: str) -> bool:
        """True when it may be tried now."""
        return self._clock() >= self._failures.get(key, (0, 0.0))[1]

    def failed(self, key: str, wait: float | None = None) -> float:
        """It has failed; the seconds until it is due again: `wait`, where the other side says how long."""
        count = self._failures.get(key, (0, 0.0))[0]
        pause = min(self._first * 2 ** min(count, 30), self._longest) if wait is None else wait
        self._failures[key] = (count + 1, self._clock() + pause)
        return pause

    def went_well(self, key: str) -> None:
        """It is over with."""
        self._failures.pop(key, None)
