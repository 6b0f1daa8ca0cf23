"""Outside desks where humans answer: agents' desks (live conversations) and ticket desks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.conversation import Agent, Entry
from bot.ports.queue import Case, QueuePlace
from bot.ports.tickets import Ticket, TicketExport


@dataclass(frozen=True)
class DeskEvent:
    """Something that happened at an agents' desk. A `message` or a `file` of an agent also takes the case."""

    id: str  # unique at the desk, the idempotency key; "" for `typing`
    ref: str  # the case's id at the desk
    kind: str  # `accepted`, `message`, `file`, `typing`, `transferred`, `returned`, `closed` or `failed`
    agent: Agent | None = None  # who did it; may be `None` for `typing` and `closed`
    # A message's text; a file's name; "" when `typing` has stopped; the `Outcome` of `closed`, or ""; else the reason.
    text: str = ""
    file: bytes | None = None  # the content of a `file`; empty or `None`: it can't be fetched
    tier: int | None = None  # where a `transferred` case goes; `None`: the same tier


@dataclass(frozen=True)
class DeskNews:
    """What happened at an agents' desk since the last call."""

    events: tuple[DeskEvent, ...]  # in order
    cursor: str | None  # for the next call


class AgentDesk(Protocol):
    """A desk outside of Kilat where agents answer: Matrix, Chatwoot, Zendesk. (The console is no `AgentDesk`.)

    Every method may raise `DeskUnavailable`: try again later. Every method is idempotent: a repeated call with the same
    arguments has no further effect.
    """

    name: str  # unique among desks

    async def check(self) -> None:
        """Check the settings at the start. Raises `ConfigurationError` (what is wrong, how to fix it); returns when the
        desk is unreachable."""

    async def online(self) -> int | None:
        """The number of agents online; `None` when the desk can't tell."""

    async def open_case(self, case: Case, place: QueuePlace | None, transcript: str) -> str:
        """Show the case to the agents and return its id at the desk (`ref`). `transcript` is plain text, the same at
        each call for the same case: the known facts, and what was said until now."""

    async def relay(self, ref: str, entry: Entry, file: bytes | None = None) -> None:
        """Show an entry of the conversation, with its file. `entry.seq` is the idempotency key within the case."""

    async def typing(self, ref: str, on: bool) -> None:
        """Show that the visitor types, or has stopped."""

    async def refuse(self, ref: str, event: str, why: str) -> None:
        """Tell the agents that the event with id `event` did not reach the visitor. `why` is `elsewhere` (an agent of
        another desk has the case), `over`, `file_type`, `file_too_large`, or `file_gone` (it can't be fetched)."""

    async def close(self, ref: str, reason: str) -> None:
        """Show that the case is over; `reason` is its `Outcome`."""

    async def news(self, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        """The events since `cursor` (`None`: the first call) in the cases `refs`. Waits for the first event, at most 30
        seconds. Cases that were opened during the call may be missing from `refs`."""

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """Verify a webhook's sender, and wake a waiting `news`. Header names are in lower case. Raises
        `WebhookRefused`."""

    async def aclose(self) -> None:
        """Release all resources; no further calls are allowed."""


@dataclass(frozen=True)
class DeskLink:
    """The link between a case and its copy at an agents' desk."""

    case: int  # the id of Kilat's case
    conversation_id: str
    ref: str  # the case's id at the desk; "": not opened yet
    relayed: int  # the `seq` of the last entry shown at the desk
    is_due: bool = True  # True: the case is to be opened or closed at the desk, or has entries to show


class DeskLinks(Protocol):
    """The store of links to agents' desks. Every method raises `StoreUnavailable`."""

    def open(self, desk: str) -> list[DeskLink]:
        """The links of `desk` that are not over, the oldest first."""

    def find(self, desk: str, ref: str) -> DeskLink | None:
        """The link of `desk` with this `ref`, over or not."""

    def of_case(self, case: int) -> DeskLink | None:
        """The link of this case, over or not."""

    def begin(self, desk: str, case: int, conversation_id: str, seq: int) -> DeskLink:
        """Store a link before its case is opened at the desk, with the entries up to `seq` as shown. Returns the
        existing link if the case has one."""

    def opened(self, case: int, ref: str) -> bool:
        """Record the case's id at the desk. False: the case was erased meanwhile."""

    def shown(self, case: int, seq: int) -> bool:
        """Record that the entries up to `seq` are shown. False: the case was erased meanwhile."""

    def over(self, case: int) -> None:
        """Record that the case is closed at the desk."""


class Memory(Protocol):
    """A key-value store for small values, such as a desk's cursor. Every method raises `StoreUnavailable`."""

    def recall(self, name: str) -> Any:
        """The stored JSON value; `None`: nothing is stored."""

    def remember(self, name: str, value: Any) -> None:
        """Store a JSON value, in place of an older one."""


@dataclass(frozen=True)
class ReplyFile:
    """A file of a reply."""

    id: str  # unique at the desk
    name: str
    address: str  # where the desk has the file, for `TicketDesk.fetch`; "": the file is withheld
    size: int = 0  # bytes as the desk says; 0: unknown


@dataclass(frozen=True)
class TicketReply:
    """A public reply on a ticket."""

    id: str  # unique at the desk
    author: str
    text: str  # may be empty when there are files
    files: tuple[ReplyFile, ...] = ()


class TicketDesk(Protocol):
    """A desk outside of Kilat where tickets are worked on: a mailbox, Request Tracker, Zendesk. Errors and repeated
    calls are as in `AgentDesk`."""

    name: str  # unique among desks

    async def check(self) -> None:
        """See `AgentDesk.check`."""

    async def open_ticket(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        """Create the ticket at the desk and return its id there (`ref`)."""

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """(public replies since `cursor`, the next cursor, whether the ticket is over). The files of a reply are its
        attachments, without pictures embedded in the text, such as a mail's logo."""

    async def fetch(self, file: ReplyFile, limit: int) -> bytes | None:
        """The first `limit` + 1 bytes of a reply's file; `None`: it is gone or withheld."""

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """Verify a webhook's sender; the caller then asks for replies. Raises `WebhookRefused`."""

    async def aclose(self) -> None:
        """Release all resources; no further calls are allowed."""
