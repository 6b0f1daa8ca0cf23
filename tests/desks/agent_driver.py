"""What the contract of `AgentDesk` asks of the other side: agents at a desk, and the desk's server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.ports import AgentDesk

if TYPE_CHECKING:
    from desks.house import House


class AgentDriver(Protocol):
    """Agents at one desk. A case is named by its number (`KLC-…`), an agent by `sari` or `budi`; they are shown to
    visitors as `Sari` and `Budi`. Nothing waits: tests look again until it is so."""

    def desk(self) -> AgentDesk | None:
        """A new adapter, as a gateway that starts has one; `None` for the console."""

    def attach(self, house: House) -> None:
        """The gateway runs (anew); webhooks go to `house.hook`."""

    def cases(self) -> list[str]:
        """The cases that agents see, over or not."""

    def seen(self, case: str) -> list[str]:
        """What agents read in a case, in order, as their client shows it; without what they wrote there."""

    def files(self, case: str) -> list[tuple[str, bytes]]:
        """The visitor's files that agents can open."""

    def sees_typing(self, case: str) -> bool:
        """True while the desk shows that the visitor types."""

    def is_over(self, case: str) -> bool:
        """True when the desk shows that the case is closed."""

    def accept(self, case: str, agent: str) -> None:
        """Take it, without a word."""

    def say(self, case: str, agent: str, text: str) -> None:
        """A word to the visitor."""

    def note(self, case: str, agent: str, text: str) -> None:
        """A word that stays among agents."""

    def show(self, case: str, agent: str, name: str, content: bytes) -> None:
        """A file to the visitor."""

    def type(self, case: str, agent: str) -> None:
        """Begin to type."""

    def transfer(self, case: str, agent: str, tier: int) -> None:
        """Send it to another tier."""

    def give_back(self, case: str, agent: str) -> None:
        """The bot shall go on."""

    def close(self, case: str, agent: str, reason: str) -> None:
        """The case is over: `solved`, `unsolved`, …"""

    def go_away(self) -> None:
        """The desk's server can't be reached."""

    def come_back(self) -> None:
        """It can be reached again, and knows all that it knew."""
