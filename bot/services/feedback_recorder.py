"""Decides what is kept of an answered message, so that the bot can learn from it (`docs/learning.md`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.customer import Identity
from bot.core.feedback import COMPLAINT, FeedbackRecord, reasons
from bot.core.privacy import Anonymizer
from bot.ports import BotReply, BotTurn


@dataclass(frozen=True)
class FeedbackRecorder:
    """Makes feedback records."""

    anonymizer: Anonymizer
    doubt: float  # the margin under which the classifier was in doubt
    is_on: bool = True  # false: keep nothing

    def record(
        self, turn: BotTurn, reply: BotReply, identity: Identity | None, previous: int | None,
    ) -> FeedbackRecord | None:
        """The record to keep with `reply`; `None` if the message needed no understanding. `identity` is the owner of
        the conversation, `previous` the `seq` of the visitor's previous message."""
        understood = reply.understood
        if understood is None or not self.is_on:
            return None
        text = self.anonymizer.hide(turn.text, _names(identity))
        blames = previous if understood.intent == COMPLAINT else None
        return FeedbackRecord(text, reply.state["language"], understood, reasons(understood, self.doubt), blames)


def _names(identity: Identity | None) -> Iterator[str]:
    """The texts that may name the customer in a message: the subject, the name, the address and its local part."""
    if identity is None:
        return
    yield identity.subject
    if identity.name:
        yield identity.name
    if identity.email:
        yield from (identity.email, identity.email.partition("@")[0])
