"""The queue for live agents, the cases, and the agents' accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.core.case import CaseState, Outcome, SlaClocks, WaitRange
from bot.core.conversation import Note
from bot.core.effects import CaseFile
from bot.core.routing import Staffing


@dataclass(frozen=True)
class QueuePlace:
    """A case's place in the queue."""

    case_number: str
    position: int  # from 1
    is_new: bool  # False: the conversation already had a place
    tier: int = 1
    wait: WaitRange | None = None  # `None`: too little history for an estimate


class Queue(Protocol):
    """The queue for live agents. Every method raises `StoreUnavailable`."""

    def open_case(self, case: CaseFile) -> QueuePlace:
        """Queue a case; a conversation with a waiting case keeps its place."""

    def place(self, conversation_id: str) -> QueuePlace | None:
        """The place of the conversation's waiting case; `None`: no case waits."""

    def staffing(self, tier: int, language: str) -> Staffing:
        """The staffing for cases of this tier and language."""

    def zone_of(self, conversation_id: str) -> str | None:
        """The time zone (`Asia/Jakarta`) that the visitor's browser reports, unchecked."""


@dataclass(frozen=True)
class Case:
    """A stored case. Times are UTC."""

    id: int
    number: str
    conversation_id: str
    state: CaseState
    tier: int
    priority: str | None
    language: str
    file: Mapping[str, Any]  # JSON: `question`, `tried`, `summary`, `priority_evidence`, `route`, `rule`, `identity`
    created_at: datetime
    agent: str | None
    reserved_for: str | None  # the agent for whom the case is reserved
    taken_at: datetime | None
    closed_at: datetime | None
    outcome: Outcome | None
    clocks: SlaClocks


@dataclass(frozen=True)
class StoredNote:
    """A stored note."""

    id: int
    conversation_id: str
    case: int | None
    at: datetime  # UTC
    note: Note


class Cases(Protocol):
    """The store of cases. Only `Conversations.write` changes the state of a case."""

    def waiting(
        self, tiers: Sequence[int], languages: Sequence[str] | None = None, limit: int = 200, agent: str | None = None,
    ) -> list[Case]:
        """Waiting cases in queue order: by priority, first-response deadline and waiting time. With `agent`, without
        cases that are reserved for other agents."""

    def count_waiting(self) -> dict[int, int]:
        """The number of waiting cases by tier."""

    def places(self) -> dict[str, QueuePlace]:
        """The place of each waiting conversation, by conversation id."""

    def of_agent(self, agent: str) -> list[Case]:
        """The agent's taken cases, the oldest first."""

    def of_conversation(self, conversation_id: str) -> list[Case]:
        """All cases of a conversation, the newest first."""

    def of_customer(self, subject: str, limit: int = 10) -> list[Case]:
        """Cases of the signed-in customer `subject`, the newest first."""

    def open(self) -> list[Case]:
        """All waiting and taken cases, in queue order."""

    def notes(self, conversation_id: str) -> list[StoredNote]:
        """The conversation's notes, in order."""

    def clocks_due(self, now: datetime) -> list[Case]:
        """Open cases whose next SLA step is due at `now`."""

    def record_sla_steps(
        self, case: int, steps: Sequence[str], next_check_at: datetime | None, tier: int | None = None,
    ) -> bool:
        """Add `steps` to the SLA steps done; set the next check (UTC) and, if given, the tier. False: another
        process has stored these steps, or the case is gone."""


# Each role has the rights of the roles before it.
AGENT_ROLES = ("agent", "lead", "admin")
PRESENCES = ("online", "away", "offline")


@dataclass(frozen=True)
class AgentAccount:
    """An agent's account at the console."""

    id: str
    login: str
    name: str
    role: str = "agent"  # one of `AGENT_ROLES`
    tiers: tuple[int, ...] = (1,)
    languages: tuple[str, ...] = ("id", "en")
    capacity: int = 3  # cases at once
    presence: str = "offline"  # one of `PRESENCES`
    seen_at: datetime | None = None  # the console's last sign of life (UTC)
    is_active: bool = True
    has_password: bool = False
    has_totp: bool = False


class Agents(Protocol):
    """The store of agents' accounts. `bot.adapters.sql` keeps passwords and sessions to itself."""

    def get(self, agent: str) -> AgentAccount | None:
        """The agent with this id; `None`: unknown."""

    def all(self) -> list[AgentAccount]:
        """Every agent, by name."""

    def seen(self, agent: str, presence: str | None = None) -> None:
        """Record a sign of life from the agent's console, and a new `presence` if given."""

    def absent(self, now: datetime) -> list[AgentAccount]:
        """Agents who own cases and whose console has been silent for too long."""
