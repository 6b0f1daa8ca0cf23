"""Which cases an agent sees, and which they take: the one rule for every way to open a case."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

LEADERS = ("lead", "admin")


class CaseWorker(Protocol):
    """An agent, as far as the rule needs one (`bot.ports.AgentAccount`)."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def tiers(self) -> Collection[int]: ...
    @property
    def languages(self) -> Collection[str]: ...


class CaseScope(Protocol):
    """A case, as far as the rule needs one (`bot.ports.Case`): `agent` has it, or had it last before it was closed."""

    @property
    def tier(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def agent(self) -> str | None: ...
    @property
    def kept_for(self) -> str | None: ...


def is_leader(worker: CaseWorker) -> bool:
    """Leads and admins see and take every case."""
    return worker.role in LEADERS


def fits(worker: CaseWorker, matter: CaseScope) -> bool:
    """True when the case is of the agent's tiers and languages and kept for nobody else, or kept for them."""
    return matter.kept_for == worker.id or (matter.kept_for is None and _is_able(worker, matter))


def may_take(worker: CaseWorker, matter: CaseScope) -> bool:
    """True when a waiting case is in the agent's queue."""
    return is_leader(worker) or fits(worker, matter)


def may_see(worker: CaseWorker, matter: CaseScope) -> bool:
    """True when the agent may open the case: it is of their tiers and languages, or their own, or kept for them."""
    return is_leader(worker) or _is_able(worker, matter) or worker.id in (matter.agent, matter.kept_for)


def _is_able(worker: CaseWorker, matter: CaseScope) -> bool:
    return matter.tier in worker.tiers and matter.language in worker.languages
