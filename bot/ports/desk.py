"""Desks outside of Kilat where people answer: live agents, and those who work on tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.chat import Agent, Entry
from bot.ports.queue import Case, QueuePlace
from bot.ports.tickets import Ticket


@dataclass(frozen=True)
class DeskEvent:
    """What happened at an outside desk. `id` is unique there; `ref` names the case there; `kind` is `accepted`,
    `message`, `file`, `typing`, `transferred`, `returned`, `closed` or `failed`; `agent` who did it; `text` of a
    message, or the reason; `file` the content of a file, with its name in `text`; `tier` of a transfer."""

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
        """Show the case to the agents; its name there (`ref`). The same again for the same case number."""

    async def relay(self, ref: str, entry: Entry, file: bytes | None = None) -> None:
        """Show an entry of the conversation; once, whatever happens: `ref` and `entry.seq` name it."""

    async def typing(self, ref: str, on: bool) -> None:
        """The visitor types, or does no more."""

    async def close(self, ref: str, reason: str) -> None:
        """The case is over, or goes on elsewhere."""

    async def news(self, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        """What has happened since `cursor` in the cases `refs`; waits for news, at most half a minute."""

    def heard(self, headers: Mapping[str, str], body: bytes) -> None:
        """A webhook came: check that it is theirs (`WebhookRefused`), and let a waiting `news` look at once."""


@dataclass(frozen=True)
class TicketReply:
    """A public reply on a ticket. `id` is unique there."""

    id: str
    author: str
    text: str
    at: datetime | None = None


class TicketDesk(Protocol):
    """Where the people who answer tickets work: a mailbox, Request Tracker, Zendesk. Every method raises
    `DeskUnavailable`; each may be called again with the same arguments and does the same thing once."""

    name: str

    async def check(self) -> None:
        """Called at the start: `ConfigurationError` says what is wrong and what to do; an unreachable desk is fine."""

    async def open_ticket(self, ticket: Ticket, transcript: str) -> str:
        """Hand it over; its name there (`ref`)."""

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """Public replies since `cursor`, the next cursor, and whether the ticket is over."""

    def heard(self, headers: Mapping[str, str], body: bytes) -> None:
        """A webhook came: `WebhookRefused` when it is not theirs. Returns: look at the replies at once."""
