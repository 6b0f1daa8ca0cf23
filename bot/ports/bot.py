"""The bot: answers free text (Rasa, by `bot.adapters`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.answer import Bubble
from bot.core.customer import Identity
from bot.core.feedback import Understanding


@dataclass(frozen=True)
class BotTurn:
    """A visitor's message for the bot. A repeated message with the same `state` has the same effects."""

    conversation_id: str
    message_id: str  # the idempotency key
    text: str
    state: Mapping[str, Any]  # slots before the message (`bot.services.dialogue.state`)
    history: tuple[str, ...] = ()  # the visitor's earlier texts, the newest last
    identity: Identity | None = None
    identity_problem: str | None = None


@dataclass(frozen=True)
class BotReply:
    """The bot's reply."""

    bubbles: tuple[Bubble, ...]
    state: Mapping[str, Any]  # slots after the message
    understood: Understanding | None = None  # `None`: the message needed no classifier


class Bot(Protocol):
    """Answers free text."""

    async def reply(self, turn: BotTurn) -> BotReply:
        """The reply to `turn`. Raises `BotUnavailable`: ask again later."""

    async def is_up(self) -> bool:
        """True when the bot is ready to answer."""

    async def close(self) -> None:
        """Release all resources; no further calls are allowed."""
