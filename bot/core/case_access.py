"""Which cases an agent may see and take. Every view and command of the console uses these rules."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

LEADERS = ("lead", "admin")


class CaseWorker(Protocol):
    """The fields of an agent that the rules read (`bot.ports.AgentAccount`)."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def tiers(self) -> Collection[int]: ...
    @property
    def languages(self) -> Collection[str]: ...


class CaseScope(Protocol):
    """The fields of a case that the rules read (`bot.ports.Case`)."""

    @property
    def tier(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def agent(self) -> str | None: ...  # the owner; of a closed case the last one
    @property
    def reserved_for(self) -> str | None: ...  # the agent for whom the case is reserved


def is_leader(worker: CaseWorker) -> bool:
    """Leads and admins see and take every case."""
    return worker.role in LEADERS


def fits(worker: CaseWorker, matter: CaseScope) -> bool:
    """True when the case is reserved for the agent, or unreserved and of the agent's tiers and languages."""
    return matter.reserved_for == worker.id or (matter.reserved_for is None and _is_able(worker, matter))


def may_take(worker: CaseWorker, matter: CaseScope) -> bool:
    """True when a waiting case is in the agent's queue."""
    return is_leader(worker) or fits(worker, matter)


def may_see(worker: CaseWorker, matter: CaseScope) -> bool:
    """True when the agent may open the case: of the agent's tiers and languages, owned by or reserved for the agent."""
    return is_leader(worker) or _is_able(worker, matter) or worker.id in (matter.agent, matter.reserved_for)


def _is_able(worker: CaseWorker, matter: CaseScope) -> bool:
    return matter.tier in worker.tiers and matter.language in worker.languages
