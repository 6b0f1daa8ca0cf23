"""Desks outside of Kilat where people answer: live agents, and those who work on tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.conversation import Agent, Entry
from bot.ports.queue import Case, QueuePlace
from bot.ports.tickets import Ticket, TicketExport


@dataclass(frozen=True)
class DeskEvent:
    """What happened at an outside desk. `id` is unique there; `ref` names the case there; `kind` is `accepted`,
    `message`, `file`, `typing`, `transferred`, `returned`, `closed` or `failed`; `agent` who did it, `None` where the
    desk does not tell, as it may of `typing` and `closed`; `text` of a message, or the reason (of `closed`: an
    `Outcome`, or nothing); `file` the content of a file (nothing: it can't be had), with its name in `text`; `tier` of
    a transfer. A `message` or a `file` takes the case; `typing` with an empty `text` has stopped."""

    id: str
    ref: str
    kind: str
    agent: Agent | None = None
    text: str = ""
    file: bytes | None = None
    tier: int | None = None


@dataclass(frozen=True)
class DeskNews:
    """What an outside desk told, in order, and the cursor to ask from next time."""

    events: tuple[DeskEvent, ...]
    cursor: str | None


class AgentDesk(Protocol):
    """A desk outside of Kilat where agents answer: Matrix, Chatwoot, Zendesk. The console needs none. Every method
    raises `DeskUnavailable`; each may be called again with the same arguments and does the same thing once."""

    name: str

    async def check(self) -> None:
        """Called at the start: `ConfigurationError` says what is wrong and what to do; an unreachable desk is fine."""

    async def online(self) -> int | None:
        """How many agents are there, `None` when the desk can't tell."""

    async def open_case(self, case: Case, place: QueuePlace | None, transcript: str) -> str:
        """Show the case to the agents; its name there (`ref`). The same again for the same case number. `transcript` is
        the case file in words and what was said until now: plain text, the same again for the same case."""

    async def relay(self, ref: str, entry: Entry, file: bytes | None = None) -> None:
        """Show an entry of the conversation; once, whatever happens: `ref` and `entry.seq` name it."""

    async def typing(self, ref: str, on: bool) -> None:
        """The visitor types, or does no more."""

    async def refuse(self, ref: str, event: str, why: str) -> None:
        """Tell the agents that what they did (the event of this id) did not reach the visitor: `why` is `elsewhere`
        (an agent outside of this desk has the case), `over`, `file_type`, `file_too_large`, or `file_gone` (it could
        not be had)."""

    async def close(self, ref: str, reason: str) -> None:
        """The case is over; `reason` is its `Outcome`."""

    async def news(self, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        """What has happened since `cursor` in the cases `refs` (newer ones may have come since); waits for news, at
        most half a minute. `cursor` is `None` at the very first time."""

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """A webhook came: check that it is theirs (`WebhookRefused`), and let a waiting `news` look at once."""

    async def aclose(self) -> None:
        """Give back what it holds; nothing is asked of it any more."""


@dataclass(frozen=True)
class DeskLink:
    """A case at an outside desk: its name there (empty: about to be opened), and the seq up to which its conversation
    was shown there. `is_due`: there is more to show, or it is over in Kilat."""

    case: int
    conversation_id: str
    ref: str
    relayed: int
    is_due: bool = True


class DeskLinks(Protocol):
    """Which cases are shown at the outside desk `desk`, and how far. Every method raises `StoreUnavailable`."""

    def open(self, desk: str) -> list[DeskLink]:
        """Those that are not over there, the oldest first."""

    def find(self, desk: str, ref: str) -> DeskLink | None:
        """The one of this name there, over or not."""

    def of_case(self, case: int) -> DeskLink | None:
        """The one of this case, over or not."""

    def begin(self, desk: str, case: int, conversation_id: str, seq: int) -> DeskLink:
        """It is about to be opened, with what was said up to `seq`; the one that was begun before, if there is one."""

    def opened(self, case: int, ref: str) -> bool:
        """It is there now; false when the case was erased meanwhile."""

    def shown(self, case: int, seq: int) -> bool:
        """Its conversation was shown up to `seq`; false when the case was erased meanwhile."""

    def over(self, case: int) -> None:
        """It is closed there."""


class Memory(Protocol):
    """Small things to remember by name. Every method raises `StoreUnavailable`."""

    def recall(self, name: str) -> Any:
        """What was remembered last, as JSON; `None` when nothing was."""

    def remember(self, name: str, value: Any) -> None:
        """Remember `value` (JSON) from now on."""


@dataclass(frozen=True)
class ReplyFile:
    """A file of a reply. `id` is unique there; `address` is where the desk has it, empty when nobody shall have it;
    `size` in bytes as the desk says, 0 when it does not."""

    id: str
    name: str
    address: str
    size: int = 0


@dataclass(frozen=True)
class TicketReply:
    """A public reply on a ticket, perhaps with files alone. `id` is unique there."""

    id: str
    author: str
    text: str
    files: tuple[ReplyFile, ...] = ()


class TicketDesk(Protocol):
    """Where the people who answer tickets work: a mailbox, Request Tracker, Zendesk. Every method raises
    `DeskUnavailable`; each may be called again with the same arguments and does the same thing once."""

    name: str

    async def check(self) -> None:
        """Called at the start: `ConfigurationError` says what is wrong and what to do; an unreachable desk is fine."""

    async def open_ticket(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        """Hand it over; its name there (`ref`)."""

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """Public replies since `cursor`, the next cursor, and whether the ticket is over. Of their files those that
        somebody attached; not what stands within a text, such as the picture below a mail."""

    async def fetch(self, file: ReplyFile, limit: int) -> bytes | None:
        """At most `limit` + 1 bytes of a reply's file; `None` when it is not there any more, or never given."""

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """A webhook came: `WebhookRefused` when it is not theirs. Returns: look at the replies at once."""

    async def aclose(self) -> None:
        """Give back what it holds; nothing is asked of it any more."""
