"""What the bot missed, kept for a while so that it can learn from it. It is written with the answer
(`bot.core.conversation.Change.feedback`), and marked by the rating that comes later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from bot.core.feedback import Neighbour


class MissedQuestion(NamedTuple):
    """A message to look at again, by the key of its entry in the log. `text` is masked; `reasons` are of
    `bot.core.feedback.Reason`; the rest is what the `model` of that name thought (`bot.core.feedback.Understanding`).
    `settled` says what came of it."""

    conversation_id: str
    seq: int
    at: datetime
    lang: str
    text: str
    reasons: tuple[str, ...]
    intent: str
    ranking: tuple[tuple[str, float], ...]
    margin: float
    model: str | None
    settled: str | None
    nearest: tuple[Neighbour, ...] = ()


class FeedbackStore(Protocol):
    """What was missed. Every method raises `StoreUnavailable` when the store does not answer."""

    def open(self, *, limit: int = 5000) -> tuple[MissedQuestion, ...]:
        """What is not settled, the oldest first."""

    def settle(self, keys: Iterable[tuple[str, int]], outcome: str) -> None:
        """Nobody needs to look at these (conversation, seq) any more; `outcome` says why ("proposed", "dismissed")."""

    def blame(self, conversation_id: str, seq: int, is_bad: bool = True) -> None:
        """The visitor says that the answer to this message did not help, or takes that back; nothing is known of a
        message that needed no understanding."""

    def forget(self, before: datetime, sure_before: datetime, limit: int = 1000) -> int:
        """Delete what is older than `before`, and what nothing speaks against that is older than `sure_before`: at
        most `limit` of it; how many."""
