"""Keeps sign-ins that wait for their second step: in this process, for a while, under names that nobody guesses."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

MOST = 10_000

T = TypeVar("T")


class Waiting(Generic[T]):
    """Keeps values for `seconds` each, `MOST` at most; then the oldest go first."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def keep(self, value: T, name: str = "") -> str:
        """Keep a value under `name`, by default a new random one; returns the name."""
        name = name or secrets.token_urlsafe(32)
        self.drop(name)
        self._kept[name] = self._clock() + self._seconds, value
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> T | None:
        """The value of this name; `None` when there is none or its time is over."""
        until, value = self._kept.get(name, (0.0, None))
        return value if until > self._clock() else None

    def drop(self, name: str) -> None:
        """Forget the value of this name."""
        self._kept.pop(name, None)
