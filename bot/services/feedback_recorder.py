"""What is kept of a message that the bot has answered, so that it can learn from it (`docs/learning.md`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.customer import Identity
from bot.core.feedback import COMPLAINT, FeedbackRecord, reasons
from bot.core.privacy import Anonymizer
from bot.ports import BotReply, BotTurn


@dataclass(frozen=True)
class FeedbackRecorder:
    """`resync` is the margin under which the classifier was in doubt; off, nothing is kept."""

    anonymizer: Anonymizer
    doubt: float
    is_on: bool = True

    def record(
        self, turn: BotTurn, reply: BotReply, identity: Identity | None, previous: int | None,
    ) -> FeedbackRecord | None:
        """What to keep with `reply`: nothing of what needed no understanding. `identity` is whose conversation it is,
        verified just now or not; `previous` the seq of what was asked before."""
        understood = reply.understood
        if understood is None or not self.is_on:
            return None
        text = self.anonymizer.hide(turn.text, _names(identity))
        blames = previous if understood.intent == COMPLAINT else None
        return FeedbackRecord(text, reply.state["language"], understood, reasons(understood, self.doubt), blames)


def _names(identity: Identity | None) -> Iterator[str]:
    """What a customer is called."""
    if identity is None:
        return
    yield identity.subject
    if identity.name:
        yield identity.name
    if identity.email:
        yield from (identity.email, identity.email.partition("@")[0])
