"""What the contract of `TicketDesk` asks of the other side: the people at a desk, and the way to its server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from desks.fake_http import FakeHttp

from bot.core.errors import DeskUnavailable
from bot.ports import Receipt, Ticket, TicketDesk, TicketExport, TicketReply

File = tuple[str, bytes]
# What a fake that falls silent takes longer than.
PATIENT_SECONDS = 0.5
MOST_TRIES = 8
RECEIPT = Receipt("Sudah kami terima", "Halo,\n\nP2.")
PAPERS = TicketExport("Tiket: KLT-000001", "Anda: Suaranya putus 😀", None, True, RECEIPT)


@dataclass(frozen=True)
class Seen:
    """A ticket as people at the desk see it: `papers` are what its visitor can't see, `writes_to` whom the desk tells,
    `urgency` grows with the priority."""

    ref: str
    subject: str
    text: str
    ticket_export: str
    writes_to: tuple[str, ...]
    urgency: int


class TicketDriver(Protocol):
    """Who works at a desk. A file has a name and a content; `logo` is one that stands in the text, as below a mail.
    A driver with `cannot = frozenset({"reply"})` needs `desk`, `faults`, `tickets`, `go` and `come` alone."""

    desk: TicketDesk
    faults: list[str]
    way: FakeHttp
    # A part of the path of what is asked for a file alone.
    file_path: str

    def tickets(self) -> list[Seen]: ...
    def reply(self, ref: str, text: str, *files: File) -> None: ...
    def reply_with_logo(self, ref: str, text: str, logo: File, *files: File) -> None: ...
    def note(self, ref: str, text: str, *files: File) -> None: ...
    def visitor_writes(self, ref: str, text: str, *files: File) -> None: ...
    def lose_files(self) -> None: ...
    def finish(self, ref: str) -> None: ...
    def go(self) -> None: ...
    def come(self) -> None: ...


def run(people: TicketDriver, *steps: Callable[[], Any]) -> list[Any]:
    """What comes of asking the desk, each step until it is there."""

    async def main() -> list[Any]:
        try:
            return [await surely(step) for step in steps]
        finally:
            await people.desk.aclose()

    return asyncio.run(main())


async def surely(step: Callable[[], Any]) -> Any:
    """Ask again, as the worker does, until the desk has answered."""
    for _ in range(MOST_TRIES):
        try:
            return await step()
        except DeskUnavailable:
            continue
    raise AssertionError("the desk never answered")


def hand_over(people: TicketDriver, *tickets: Ticket, ticket_export: TicketExport = PAPERS) -> list[str]:
    """Their names at the desk."""
    refs: list[str] = run(people, *(lambda one=one: people.desk.open_ticket(one, ticket_export) for one in tickets))
    return refs


def read(people: TicketDriver, ref: str, cursor: str | None = None) -> tuple[list[TicketReply], str | None, bool]:
    """The replies since `cursor`."""
    [found] = run(people, lambda: people.desk.replies(ref, cursor))
    return found  # type: ignore[no-any-return]


async def once(people: TicketDriver, step: Awaitable[Any]) -> Any:
    """What comes of one try."""
    try:
        return await step
    finally:
        await people.desk.aclose()
