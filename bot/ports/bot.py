"""Whoever understands free text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.answer import Bubble
from bot.core.customer import Identity
from bot.core.feedback import Understanding


@dataclass(frozen=True)
class BotTurn:
    """A visitor's message for the bot. `message_id` is its idempotency key: the same message with the same `state`
    gives the same effects, however often it is sent. `state` is what the bot remembered before it, `history` the
    visitor's texts before it (the newest last)."""

    conversation_id: str
    message_id: str
    text: str
    state: Mapping[str, Any]
    history: tuple[str, ...] = ()
    identity: Identity | None = None
    identity_problem: str | None = None


@dataclass(frozen=True)
class BotReply:
    """What the bot says, what it remembers from now on, and how it understood the message, if it had to."""

    bubbles: tuple[Bubble, ...]
    state: Mapping[str, Any]
    understood: Understanding | None = None


class Bot(Protocol):
    """Whoever understands free text."""

    async def reply(self, turn: BotTurn) -> BotReply:
        """The reply; `BotUnavailable` when it can't be had now: ask again later."""

    async def is_up(self) -> bool:
        """True when it would answer."""

    async def close(self) -> None:
        """Give back what it holds; nothing is asked of it any more."""
