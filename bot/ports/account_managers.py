"""Technical account managers: people of the house who look after a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Alarm:
    """A case that a manager should know of. `id` stays the same when it is told again; `text` says it in words, `case`
    holds the same as plain JSON."""

    id: str
    text: str
    case: dict[str, Any]


class AccountManagers(Protocol):
    """Where managers are told."""

    @property
    def can_be_told(self) -> bool:
        """False when no way to them is set up."""

    async def tell(self, alarm: Alarm) -> None:
        """Tell them; `DeskUnavailable` when that did not work: try again later."""
