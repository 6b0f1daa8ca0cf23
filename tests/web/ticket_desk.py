"""A ticket desk that does as it is told, and visitors who send tickets to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from waiting import wait_until
from web_client import Plain

from bot.core.errors import DeskUnavailable, WebhookRefused
from bot.ports import ReplyFile, Ticket, TicketExport, TicketReply

FORM = {"subject": "Suara putus", "description": "Sejak pagi.", "email": "ada@example.com", "priority": "p2"}


class FakeDesk:
    """Keeps tickets with their papers by number; `broken` are those that it does not take, `replies` what people
    there have written, `kept` the contents of their files by address, `fetched` the addresses that were asked for.
    Every reply is told again from the start when it is `forgetful`."""

    name = "fake"

    def __init__(self) -> None:
        self.taken: dict[str, tuple[Ticket, TicketExport]] = {}
        self.broken: set[str] = set()
        self.tries: list[str] = []
        self.written: dict[str, list[TicketReply]] = {}
        self.over: set[str] = set()
        self.asked: list[str] = []
        self.forgetful = False
        self.kept: dict[str, bytes | None] = {}
        self.fetched: list[str] = []

    async def check(self) -> None:
        """See `TicketDesk`."""

    async def aclose(self) -> None:
        """See `TicketDesk`."""

    async def open_ticket(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        """See `TicketDesk`."""
        self.tries.append(ticket.number)
        if ticket.number in self.broken:
            raise DeskUnavailable("told to")
        self.taken.setdefault(ticket.number, (ticket, ticket_export))
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

    async def fetch(self, file: ReplyFile, limit: int) -> bytes | None:
        """See `TicketDesk`."""
        self.fetched.append(file.address)
        if file.address in self.broken:
            raise DeskUnavailable("told to")
        content = self.kept[file.address]
        return content if content is None else content[:limit + 1]

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `TicketDesk`."""
        if headers.get("x-secret") != "right" or body != b"{}":
            raise WebhookRefused("told to")

    def write(self, number: str, text: str, author: str = "Budi", **files: bytes | None) -> None:
        """Somebody there replies, with files by name; `None`: it is gone."""
        written = self.written.setdefault(number, [])
        self.kept.update(files)
        told = tuple(ReplyFile(f"f{place}", name, name, len(content or b"")) for place, (name, content)
                     in enumerate(files.items()))
        written.append(TicketReply(f"{number}-{len(written)}", author, text, told))


def file_ticket(client: Plain, **changes: str) -> str:
    """Fill in the form; the number that the visitor is told."""
    client.send("ticket", values={**FORM, **changes})
    found = wait_until(lambda: [frame["entry"]["card"] for frame in client.events()
                          if frame["type"] == "entry" and frame["entry"].get("card", {}).get("type") == "ticket"])
    return str(found[-1]["number"])


def replies(client: Plain) -> list[dict[str, Any]]:
    """The entries that came from a ticket."""
    return [frame["entry"] for frame in client.events() if frame["type"] == "entry" and "ticket" in frame["entry"]]
