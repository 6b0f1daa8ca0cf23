"""A ticket desk that does as it is told."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.errors import DeskUnavailable, WebhookRefused
from bot.ports import Papers, Ticket, TicketReply


class FakeDesk:
    """Keeps tickets with their papers by number; `broken` are those that it does not take, `replies` what people
    there have written. Every reply is told again from the start when it is `forgetful`."""

    name = "fake"

    def __init__(self) -> None:
        self.taken: dict[str, tuple[Ticket, Papers]] = {}
        self.broken: set[str] = set()
        self.tries: list[str] = []
        self.written: dict[str, list[TicketReply]] = {}
        self.over: set[str] = set()
        self.asked: list[str] = []
        self.forgetful = False

    async def check(self) -> None:
        """See `TicketDesk`."""

    async def aclose(self) -> None:
        """See `TicketDesk`."""

    async def open_ticket(self, ticket: Ticket, papers: Papers) -> str:
        """See `TicketDesk`."""
        self.tries.append(ticket.number)
        if ticket.number in self.broken:
            raise DeskUnavailable("told to")
        self.taken.setdefault(ticket.number, (ticket, papers))
        return f"there-{ticket.number}"

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """See `TicketDesk`."""
        number = ref.removeprefix("there-")
        self.asked.append(number)
        if number in self.broken:
            raise DeskUnavailable("told to")
        written = self.written.get(number, [])
        begin = 0 if self.forgetful else int(cursor or 0)
        return written[begin:], str(len(written)), number in self.over

    def heard(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `TicketDesk`."""
        if headers.get("x-secret") != "right" or body != b"{}":
            raise WebhookRefused("told to")

    def write(self, number: str, text: str, author: str = "Budi") -> None:
        """Somebody there replies."""
        written = self.written.setdefault(number, [])
        written.append(TicketReply(f"{number}-{len(written)}", author, text))
