"""What agents see of the desk at one moment: who waits, who has what, who is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.case import CaseState
from bot.ports import AgentAccount, Agents, Case, Cases
from bot.web.agent.frames import TIERS
from bot.web.agent.rows import person, row
from bot.web.frames import Frame

LONGEST_QUEUE = 100
LEADERS = ("lead", "admin")


@dataclass(frozen=True)
class Board:
    """The open cases, by conversation and in the order of their turns, and the agents by id; as read at `now`."""

    cases: Mapping[str, Case]
    agents: Mapping[str, AgentAccount]
    now: datetime
    _rows: dict[str, Frame] = field(default_factory=dict)

    @property
    def waiting(self) -> list[Case]:
        """Those that wait."""
        return [case for case in self.cases.values() if case.state is CaseState.QUEUED]

    def row(self, case: Case) -> Frame:
        """A case as a row; made once."""
        if case.conversation not in self._rows:
            self._rows[case.conversation] = row(case, self.now)
        return self._rows[case.conversation]

    def held_by(self, agent: str) -> list[Case]:
        """What an agent has, the oldest first."""
        held = [case for case in self.cases.values() if case.state is CaseState.TAKEN and case.agent == agent]
        return sorted(held, key=lambda case: (case.taken_at or self.now, case.id))

    def queue(self, account: AgentAccount) -> Frame:
        """The `queue` frame for an agent; `like` says for whom else it is the same."""
        rows = [self.row(case) for case in self.waiting if may_take(account, case)][:LONGEST_QUEUE]
        counts = {str(tier): 0 for tier in TIERS}
        for case in self.waiting:
            counts[str(case.tier)] = counts.get(str(case.tier), 0) + 1
        return {"type": "queue", "cases": rows, "counts": counts}

    def like(self, account: AgentAccount) -> object:
        """Two agents of whom this is the same have the same queue."""
        if is_leader(account):
            return LEADERS
        kept = any(case.kept_for == account.id for case in self.waiting)
        return account.tiers, account.languages, account.id if kept else None

    def team(self, there: Collection[str]) -> Frame:
        """The `team` frame; `there` are the agents who have a console open."""
        load: dict[str, int] = {}
        for case in self.cases.values():
            if case.state is CaseState.TAKEN and case.agent:
                load[case.agent] = load.get(case.agent, 0) + 1
        return {"type": "team", "agents": [
            {**person(account, presence_of(account, there)), "load": load.get(account.id, 0)}
            for account in self.agents.values() if account.is_active
        ]}


def read_board(cases: Cases, agents: Agents, now: datetime) -> Board:
    """Two queries; raises `StoreUnavailable`."""
    open_cases = {case.conversation: case for case in cases.open()}
    return Board(open_cases, {account.id: account for account in agents.all()}, now)


def is_leader(account: AgentAccount) -> bool:
    """Leads and admins may do more."""
    return account.role in LEADERS


def fits(account: AgentAccount, case: Case) -> bool:
    """True when the case needs what the agent can, and was sent to nobody else."""
    kept = case.kept_for in (None, account.id)
    able = case.tier in account.tiers and case.language in account.languages
    return kept and (able or case.kept_for == account.id)


def may_take(account: AgentAccount, case: Case) -> bool:
    """True for what the agent's queue shows."""
    return is_leader(account) or fits(account, case)


def presence_of(account: AgentAccount, there: Collection[str]) -> str:
    """Whoever has no console open is not there."""
    return account.presence if account.id in there else "offline"
