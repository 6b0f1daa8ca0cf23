"""Says when to retry what has failed: after growing pauses, for each key by itself."""

from __future__ import annotations

import time
from collections.abc import Callable


class Backoff:
    """Pauses `first` seconds after the first failure, twice as long after each further one, `longest` at most."""

    def __init__(self, first: float, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._first = first
        self._longest = longest
        self._clock = clock
        self._failures: dict[str, tuple[int, float]] = {}

    def is_due(self, key: str) -> bool:
        """True when `key` may be tried now."""
        return self._clock() >= self._failures.get(key, (0, 0.0))[1]

    def failed(self, key: str, wait: float | None = None) -> float:
        """Count a failure; returns the seconds until `key` is due again: `wait`, if the other side asks for a time."""
        count = self._failures.get(key, (0, 0.0))[0]
        pause = min(self._first * 2 ** min(count, 30), self._longest) if wait is None else wait
        self._failures[key] = (count + 1, self._clock() + pause)
        return pause

    def went_well(self, key: str) -> None:
        """Forget the failures of `key`."""
        self._failures.pop(key, None)
