"""Questions kept for review and training. The store of conversations writes them with the answer
(`bot.core.conversation.Change.feedback`) and marks them when a bad rating follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from bot.core.feedback import Neighbour


class StoredFeedback(NamedTuple):
    """A message to review. `intent` to `model` and `nearest` are those of `bot.core.feedback.Understanding`."""

    conversation_id: str
    seq: int  # of the message's entry in the log
    at: datetime
    lang: str
    text: str  # anonymized
    reasons: tuple[str, ...]  # values of `bot.core.feedback.ReviewReason`
    intent: str
    ranking: tuple[tuple[str, float], ...]
    margin: float
    model: str | None
    settled: str | None  # the outcome of the review
    nearest: tuple[Neighbour, ...] = ()


class FeedbackStore(Protocol):
    """The store of questions for review. Every method raises `StoreUnavailable`."""

    def open(self, *, limit: int = 5000) -> tuple[StoredFeedback, ...]:
        """The questions that are not settled, the oldest first."""

    def settle(self, keys: Iterable[tuple[str, int]], outcome: str) -> None:
        """Mark the questions with these (conversation id, seq) as settled with `outcome` (such as "dismissed")."""

    def blame(self, conversation_id: str, seq: int, is_bad: bool = True) -> None:
        """Record that the answer to this message did not help, or (`is_bad` false) withdraw that. Messages that
        are not in the store are ignored."""

    def forget(self, before: datetime, sure_before: datetime, limit: int = 1000) -> int:
        """Delete questions older than `before`, and those without any reason for review older than `sure_before`; at
        most `limit`. Returns the number deleted."""
