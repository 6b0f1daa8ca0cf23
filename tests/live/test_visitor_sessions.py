"""Which browser is which: for how long the gateway remembers, and how much."""

from __future__ import annotations

import pytest

from bot.adapters.sample_customers import sample_identity
from bot.live import visitor_sessions
from bot.live.visitor_sessions import SESSION_SECONDS, Visitor, VisitorSession, VisitorSessions, hash_of, new_key


class Clock:
    """Seconds that pass when told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_visit_is_forgotten() -> None:
    """When nothing was heard for long; each request counts as heard."""
    clock = Clock()
    known = VisitorSessions(clock)
    known.remember("a", VisitorSession("c_1", Visitor()))
    for _ in range(3):
        clock.now += SESSION_SECONDS
        assert known.find("a") == VisitorSession("c_1", Visitor())
    clock.now += SESSION_SECONDS + 1
    assert known.find("a") is None and known.find("a") is None


def test_a_token_that_ends_meanwhile() -> None:
    """Leaves somebody who may read, and no more."""
    clock = Clock()
    known = VisitorSessions(clock)
    identity = sample_identity("premier:admin:business")
    known.remember("a", VisitorSession("c_1", Visitor(identity, clock.now + 5, subject=identity.subject)))
    clock.now += 5
    assert known.find("a") == VisitorSession("c_1", Visitor(until=1005.0, problem="expired", subject=identity.subject))


def test_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those heard of longest ago say hello again."""
    monkeypatch.setattr(visitor_sessions, "MOST_SESSIONS", 2)
    known = VisitorSessions(Clock())
    for key in ("a", "b"):
        known.remember(key, VisitorSession("c_1", Visitor()))
    known.find("a")
    known.remember("c", VisitorSession("c_1", Visitor()))
    assert [known.find(key) is not None for key in ("a", "b", "c")] == [True, False, True]


@pytest.mark.parametrize("key", ["", "\ud800", "\x00", "é", "x" * 32_000],
                         ids=["empty", "surrogate", "nul", "accent", "long"])
def test_any_key_has_a_hash(key: str) -> None:
    """Whatever a client sends opens nothing, and breaks nothing."""
    assert hash_of(key) != hash_of(new_key())
