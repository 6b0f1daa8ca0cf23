"""A cache for values that many requests need at the same moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

SECONDS = 1.0
MOST = 1000


class TtlCache(Generic[Key, Value]):
    """Calls `find` in a thread, at most once in `SECONDS` for each key. All callers who wait get the exception of a
    failed call; the next caller tries again."""

    def __init__(self, find: Callable[[Key], Value], clock: Callable[[], float] = time.monotonic) -> None:
        self._find = find
        self._clock = clock
        self._found: dict[Key, tuple[float, asyncio.Future[Value]]] = {}

    async def get(self, key: Key) -> Value:
        """The value of `find(key)`, at most `SECONDS` old; raises what `find` raises."""
        until, found = self._found.get(key, (0.0, None))
        if found is None or self._clock() >= until or (found.done() and found.exception()):
            if len(self._found) >= MOST:
                self._found.clear()
            found = asyncio.ensure_future(asyncio.to_thread(self._find, key))
            self._found[key] = self._clock() + SECONDS, found
        return await asyncio.shield(found)
