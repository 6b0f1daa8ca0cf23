"""Technical account managers (TAM), who are alerted to late cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Alarm:
    """An alert about a case."""

    id: str  # the idempotency key
    text: str
    case: dict[str, Any]  # the content of `text` as JSON


class AccountManagers(Protocol):
    """The channel to the account managers."""

    @property
    def can_be_told(self) -> bool:
        """False when no channel is configured."""

    async def tell(self, alarm: Alarm) -> None:
        """Send the alert. Raises `DeskUnavailable`: try again later."""
