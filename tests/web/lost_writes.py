"""A store that fails at a write, as one does whose connection is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from bot.core.conversation import Change, Changed
from bot.core.errors import StoreUnavailable
from bot.live.gateway import Gateway


def lose_two(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, lost: str,
             is_meant: Callable[[Change], object]) -> Iterator[int]:
    """The next two writes with a meant change fail, `before` they are stored or `after` it; empty when both have."""
    write, failures = gateway.conversations.write, iter(range(2))

    def failing(changes: Sequence[Change]) -> list[Changed]:
        fails = any(is_meant(change) for change in changes) and next(failures, None) is not None
        if fails and lost == "before":
            raise StoreUnavailable("locked")
        results = write(changes)
        if fails:
            raise StoreUnavailable("locked")
        return results

    monkeypatch.setattr(gateway.conversations, "write", failing)
    return failures
