"""Rate limits: a bucket of tokens for each key, filled at a steady rate; and who has which bucket."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST_KEYS = 100_000
# One address may stand for a whole office; looking costs less than saying.
ADDRESS_SHARE = 10
READING_SHARE = 40
# Of an address's allowance, a message takes one for each so many letters more, a new anonymous conversation so many.
LETTERS = 250
OPENING = 5
# Of one address.
TICKETS_PER_MINUTE, TICKETS_AT_ONCE = 1, 30


class TokenBuckets:
    """At most `per_minute` in the long run and `burst` at once, for each key; the oldest keys are forgotten."""

    def __init__(self, per_minute: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = max(1.0, burst)
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, cost: float = 1) -> float:
        """Take `cost` tokens: 0 when there was one, else the seconds until there will be. What is taken beyond those
        that are there is owed, so that a dear thing can be done at all, and the next waits the longer."""
        now = self._clock()
        level, since = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._rate)
        allowed = level >= 1
        self._levels[key] = (level - cost if allowed else level, now)
        if len(self._levels) > MOST_KEYS:
            self._levels.popitem(last=False)
        return 0.0 if allowed else (1 - level) / self._rate

    def owe(self, key: str, cost: float) -> None:
        """Take tokens for what has happened already."""
        level, since = self._levels.pop(key, (self._burst, self._clock()))
        self._levels[key] = (level - cost, since)


class ConnectionSlots:
    """At most `most` at once for each key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def take(self, key: str) -> Iterator[bool]:
        """Hold one while the context lasts; false when there is none left."""
        if self._taken[key] >= self._most:
            yield False
            return
        self._taken[key] += 1
        try:
            yield True
        finally:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]


class RateLimits:
    """How fast clients may be, from the messages a minute of one conversation. Each method gives the seconds until it
    may be done, 0 for now."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        def share(times: float) -> TokenBuckets:
            return TokenBuckets(times * per_minute, times * per_minute / 2, clock)

        self._conversations, self._addresses = share(1), share(ADDRESS_SHARE)
        self._uploads, self._readers = share(1), share(READING_SHARE)
        self._tickets = TokenBuckets(TICKETS_PER_MINUTE, TICKETS_AT_ONCE, clock)

    def write(self, conversation_id: str, address: str, letters: int = 0) -> float:
        """Add something of so many `letters` to a conversation."""
        return self._conversations.take(conversation_id) or self._addresses.take(address, 1 + letters // LETTERS)

    def upload(self, conversation_id: str, address: str) -> float:
        """Add a file to it. Files fill a disk, so an address has as many as one conversation has messages."""
        return self.write(conversation_id, address) or self._uploads.take(address)

    def ticket(self, conversation_id: str, address: str) -> float:
        """Send a form. A whole office may write tickets when something is down, a machine may not."""
        return self.write(conversation_id, address) or self._tickets.take(address)

    def enter(self, address: str) -> float:
        """Say hello, or say who one is."""
        return self._addresses.take(address)

    def opened(self, address: str) -> None:
        """Hello was said by somebody anonymous without a conversation: there is a new one."""
        self._addresses.owe(address, OPENING - 1)

    def read(self, address: str) -> float:
        """Look at something, or tell of a passing thing."""
        return self._readers.take(address)
