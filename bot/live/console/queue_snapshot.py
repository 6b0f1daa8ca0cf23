"""The open cases and the agents at one moment, as frames for the console."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice

from bot.core.case import CaseState
from bot.core.case_access import LEADERS, is_leader, may_take
from bot.live.console.frames import TIERS
from bot.live.console.serializers import is_late, person, row
from bot.live.frames import Frame, dump
from bot.ports import AgentAccount, Agents, Case, Cases

LONGEST_QUEUE = 100
MOST_ROWS = 10_000


class SnapshotRows:
    """A cache of the rows of cases: a long queue is often pushed, to many consoles."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Case, Frame, str]] = {}

    def get(self, case: Case, now: datetime) -> tuple[Frame, str]:
        """The row of a case, and its text."""
        known, frame, text = self._rows.get(case.conversation_id, (None, {}, ""))
        if known != case or frame["late"] != is_late(case, now):
            frame = row(case, now)
            text = dump(frame)
            if len(self._rows) >= MOST_ROWS:
                self._rows.clear()
            self._rows[case.conversation_id] = case, frame, text
        return frame, text

    def keep(self, conversations: Container[str]) -> None:
        """Forget the rows of all other conversations."""
        self._rows = {name: row for name, row in self._rows.items() if name in conversations}


@dataclass(frozen=True)
class QueueSnapshot:
    """The open cases and the agents at one moment."""

    cases: Mapping[str, Case]  # by conversation, in the order of the queue
    agents: Mapping[str, AgentAccount]  # by id
    now: datetime  # when they were read
    rows: SnapshotRows

    def patched(self, changed: Mapping[str, Case | None]) -> QueueSnapshot:
        """A snapshot with other cases for some conversations; none of them waits, and `None` is no open case."""
        cases = {**self.cases, **changed}
        return replace(self, cases={name: case for name, case in cases.items() if case is not None})

    @cached_property
    def waiting(self) -> list[Case]:
        """The cases that wait."""
        return [case for case in self.cases.values() if case.state is CaseState.QUEUED]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """The number of waiting cases of each tier."""
        counted = Counter(str(case.tier) for case in self.waiting)
        return {**{str(tier): 0 for tier in TIERS}, **counted}

    @cached_property
    def held(self) -> Mapping[str, list[Case]]:
        """The cases of each agent, the oldest first."""
        held: dict[str, list[Case]] = {}
        for case in self.cases.values():
            if case.state is CaseState.TAKEN and case.agent:
                held.setdefault(case.agent, []).append(case)
        return {agent: sorted(cases, key=lambda case: (case.taken_at or self.now, case.id))
                for agent, cases in held.items()}

    def row(self, case: Case) -> Frame:
        """A case as a row."""
        return self.rows.get(case, self.now)[0]

    def queue(self, account: AgentAccount) -> Frame:
        """The `queue` frame for an agent."""
        cases = [self.row(case) for case in self._first(account)]
        return {"type": "queue", "cases": cases, "counts": self.counts}

    def queue_text(self, account: AgentAccount) -> str:
        """The text of the `queue` frame, made of the rows' cached texts."""
        rows = ",".join(self.rows.get(case, self.now)[1] for case in self._first(account))
        return f'{{"type":"queue","cases":[{rows}],"counts":{dump(dict(self.counts))}}}'

    def cache_key(self, account: AgentAccount) -> object:
        """Cache key: agents with equal keys see the same queue."""
        if is_leader(account):
            return LEADERS
        return account.tiers, account.languages, account.id if account.id in self._kept else None

    def team(self, online: Collection[str]) -> Frame:
        """The `team` frame; `online` are the agents who have a console open."""
        return {"type": "team", "agents": [
            {**person(account, presence_of(account, online)), "load": len(self.held.get(account.id, ()))}
            for account in self.agents.values() if account.is_active
        ]}

    @cached_property
    def _kept(self) -> set[str | None]:
        return {case.reserved_for for case in self.waiting}

    def _first(self, account: AgentAccount) -> Iterator[Case]:
        return islice((case for case in self.waiting if may_take(account, case)), LONGEST_QUEUE)


def read_snapshot(cases: Cases, agents: Agents, now: datetime, rows: SnapshotRows) -> QueueSnapshot:
    """Read a snapshot by two queries. Raises `StoreUnavailable`."""
    open_cases = {case.conversation_id: case for case in cases.open()}
    return QueueSnapshot(open_cases, {account.id: account for account in agents.all()}, now, rows)


def presence_of(account: AgentAccount, online: Collection[str]) -> str:
    """The presence to show: "offline" without an open console."""
    return account.presence if account.id in online else "offline"
