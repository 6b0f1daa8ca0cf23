"""Where visitors wait for a live agent, and the cases that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.core.case import CaseState, Outcome, SlaClocks, SlaTargets, WaitRange
from bot.core.conversation import Note
from bot.core.customer import Identity
from bot.core.routing import Route, Staffing


@dataclass(frozen=True)
class CaseFile:
    """What an agent sees of a case. `tried` lists the questions Kilat answered before; `priority_evidence` says
    why the priority was proposed; `terms` is what the plan promises. No token, only claims."""

    conversation_id: str
    question: str
    tried: tuple[str, ...]
    language: str
    summary: str
    priority: str | None
    priority_evidence: str | None
    identity: Identity
    route: Route
    terms: SlaTargets = SlaTargets()


@dataclass(frozen=True)
class QueuePlace:
    """A case in a queue. `position` counts from 1; `is_new` is false when the conversation already had a place; `wait`
    is `None` while the desk has no history to tell it from."""

    case_number: str
    position: int
    is_new: bool
    tier: int = 1
    wait: WaitRange | None = None


class Queue(Protocol):
    """Where visitors wait for a live agent. Every method raises `StoreUnavailable`."""

    def open_case(self, case: CaseFile) -> QueuePlace:
        """Queue a case, once a conversation."""

    def place(self, conversation_id: str) -> QueuePlace | None:
        """The place of the conversation's waiting case, `None` when none waits."""

    def staffing(self, tier: int, language: str) -> Staffing:
        """Who is there for a case of this tier and language."""

    def zone_of(self, conversation_id: str) -> str | None:
        """The visitor's time zone (`Asia/Jakarta`), as their browser told it; unchecked."""


@dataclass(frozen=True)
class Case:
    """A case as agents and the keeper see it. `file` is what `CaseFile` said, as plain JSON (`question`, `tried`,
    `summary`, `priority_evidence`, `route`, `rule`, `identity`); `kept_for` the agent it was sent to; times are UTC."""

    id: int
    number: str
    conversation_id: str
    state: CaseState
    tier: int
    priority: str | None
    language: str
    file: Mapping[str, Any]
    created_at: datetime
    agent: str | None
    kept_for: str | None
    taken_at: datetime | None
    closed_at: datetime | None
    outcome: Outcome | None
    clocks: SlaClocks


@dataclass(frozen=True)
class StoredNote:
    """A `Note` as stored. `at` is UTC."""

    id: int
    conversation_id: str
    case: int | None
    at: datetime
    note: Note


class Cases(Protocol):
    """The cases, for those who work on them. A case moves on with its conversation alone (`Conversations.write`)."""

    def waiting(
        self, tiers: Sequence[int], languages: Sequence[str] | None = None, limit: int = 200,
        agent: str | None = None,
    ) -> list[Case]:
        """Those that wait, whose turn it is first: by priority, by how late the first response runs, by waiting. With
        an `agent`: without what was sent to another."""

    def count_waiting(self) -> dict[int, int]:
        """How many wait in each tier."""

    def places(self) -> dict[str, QueuePlace]:
        """Every waiting conversation's place."""

    def of_agent(self, agent: str) -> list[Case]:
        """What an agent has now, the oldest first."""

    def of_conversation(self, conversation_id: str) -> list[Case]:
        """All cases of a conversation, the newest first."""

    def of_customer(self, subject: str, limit: int = 10) -> list[Case]:
        """Cases of a signed-in customer's conversations, the newest first."""

    def open(self) -> list[Case]:
        """All that wait or are taken, in the order of their turns."""

    def notes(self, conversation_id: str) -> list[StoredNote]:
        """What agents wrote and what happened, in order."""

    def clocks_due(self, now: datetime) -> list[Case]:
        """Open cases whose next step of a clock is due."""

    def wind(self, case: int, taken: Sequence[str], next_at: datetime | None, tier: int | None = None) -> bool:
        """Remember the steps that its clocks have taken, and when the next is due; perhaps move it to another tier.
        Without `taken` it only sets `next_at`. False when another process was faster."""


# Each may do what those before it may.
AGENT_ROLES = ("agent", "lead", "admin")
PRESENCES = ("online", "away", "offline")


@dataclass(frozen=True)
class AgentAccount:
    """An agent of the console. `role` is `agent`, `lead` or `admin`; `tiers` and `languages` are what they can take;
    `capacity` how many cases at once; `presence` is `online`, `away` or `offline`; `seen_at` when their console was
    last heard of (UTC). `has_password` and `has_totp` say how they sign in: with a password, and a code besides."""

    id: str
    login: str
    name: str
    role: str = "agent"
    tiers: tuple[int, ...] = (1,)
    languages: tuple[str, ...] = ("id", "en")
    capacity: int = 3
    presence: str = "offline"
    seen_at: datetime | None = None
    is_active: bool = True
    has_password: bool = False
    has_totp: bool = False


class Agents(Protocol):
    """Who works at the console. Passwords and sessions are the adapter's own (`bot.adapters.sql.agents`)."""

    def get(self, agent: str) -> AgentAccount | None:
        """The agent of this id."""

    def all(self) -> list[AgentAccount]:
        """Every agent, by name."""

    def seen(self, agent: str, presence: str | None = None) -> None:
        """Their console is there; perhaps with a new presence."""

    def absent(self, now: datetime) -> list[AgentAccount]:
        """Those who have cases and whose console has been unheard of for too long."""
