"""Answers before they are worded, and the bubbles that visitors see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.effects import Effect


@dataclass(frozen=True)
class Answer:
    """An answer that has no words yet."""

    response: str  # a key of `data/locales/<language>/responses/`
    values: Mapping[str, str] = field(default_factory=dict)  # the placeholders of `response`
    source: str | None = None  # a key of `data/knowledge/sources.yml`; `None`: the answer states no fact
    card: Mapping[str, Any] | None = None  # the same content, structured (JSON)


@dataclass(frozen=True)
class Button:
    """A button below a bubble."""

    title: str  # the text on the button
    payload: str  # the message that the button sends


@dataclass(frozen=True)
class Bubble:
    """One worded message to the visitor."""

    text: str
    buttons: tuple[Button, ...] = ()
    card: Mapping[str, Any] | None = None  # the same content for clients that show cards (`docs/protocol.md`)
    effect: Effect | None = None  # carried out when the bubble is stored; the text and the card are worded then
