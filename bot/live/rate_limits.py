"""Rate limits: token buckets by conversation and by address, and limits of connections."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST_KEYS = 100_000
# Multiples of one conversation's rate. One address may be a whole office; reading costs less than writing.
ADDRESS_SHARE = 10
READING_SHARE = 40
# Tokens of an address: one more for every so many characters of a message; the cost of a new anonymous conversation.
LETTERS = 250
OPENING = 5
# For one address.
TICKETS_PER_MINUTE, TICKETS_AT_ONCE = 1, 30


class TokenBuckets:
    """For each key at most `per_minute` in the long run and `burst` at once. Beyond `MOST_KEYS` the key that was idle
    longest is forgotten. `clock` gives seconds."""

    def __init__(self, per_minute: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = max(1.0, burst)
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, cost: float = 1) -> float:
        """Take `cost` tokens; returns 0, or the seconds until one token is there. One token is enough: the rest of the
        cost is owed, so the next call waits longer."""
        now = self._clock()
        level, since = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._rate)
        allowed = level >= 1
        self._levels[key] = (level - cost if allowed else level, now)
        if len(self._levels) > MOST_KEYS:
            self._levels.popitem(last=False)
        return 0.0 if allowed else (1 - level) / self._rate

    def owe(self, key: str, cost: float) -> None:
        """Take `cost` tokens for something that was done already."""
        level, since = self._levels.pop(key, (self._burst, self._clock()))
        self._levels[key] = (level - cost, since)


class ConnectionSlots:
    """At most `most` slots at once for each key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def take(self, key: str) -> Iterator[bool]:
        """Hold a slot while the context lasts; yields False when none is free."""
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
    """Limits of clients; `per_minute` is one conversation's messages a minute. Each method but `opened` returns the
    seconds to wait, 0 for none."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        def share(times: float) -> TokenBuckets:
            return TokenBuckets(times * per_minute, times * per_minute / 2, clock)

        self._conversations, self._addresses = share(1), share(ADDRESS_SHARE)
        self._uploads, self._readers = share(1), share(READING_SHARE)
        self._tickets = TokenBuckets(TICKETS_PER_MINUTE, TICKETS_AT_ONCE, clock)

    def write(self, conversation_id: str, address: str, letters: int = 0) -> float:
        """A message of `letters` characters."""
        return self._conversations.take(conversation_id) or self._addresses.take(address, 1 + letters // LETTERS)

    def upload(self, conversation_id: str, address: str) -> float:
        """A file. Files fill a disk, so an address may send as many as one conversation may send messages."""
        return self.write(conversation_id, address) or self._uploads.take(address)

    def ticket(self, conversation_id: str, address: str) -> float:
        """A ticket form. A whole office may write tickets during an outage, a script may not."""
        return self.write(conversation_id, address) or self._tickets.take(address)

    def enter(self, address: str) -> float:
        """A `hello` or an `identify`."""
        return self._addresses.take(address)

    def opened(self, address: str) -> None:
        """An anonymous `hello` has opened a new conversation: take its extra cost."""
        self._addresses.owe(address, OPENING - 1)

    def read(self, address: str) -> float:
        """A read, or a transient frame."""
        return self._readers.take(address)
