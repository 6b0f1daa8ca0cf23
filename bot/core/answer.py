"""An answer before it is worded: which response, with which values, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """`response` names one of `data/locales/<language>/responses/`; `values` fill its placeholders; `source` is one of
    `data/knowledge/sources.yml` (`None` for an answer that states no fact); `card` says the same, structured."""

    response: str
    values: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Button:
    """A likely next step: what it says, and the message that it sends."""

    title: str
    payload: str


@dataclass(frozen=True)
class Bubble:
    """One message to the visitor, worded; `card` is the same content for a client that shows cards (JSON, by `type`,
    see `docs/protocol.md`)."""

    text: str
    buttons: tuple[Button, ...] = ()
    card: Mapping[str, Any] | None = None
