"""Reads the snapshot after changes: all of it when a waiting case changed, else the changed cases alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.core.case import CaseState
from bot.core.conversation import Author, Changed, Status
from bot.live.console.queue_snapshot import QueueSnapshot, SnapshotRows, read_snapshot
from bot.ports import Agents, Case, Cases

# Other processes write to the database, too, so all is read this often.
ROUND_SECONDS = 2.0
# After each reading of all, rest this many times as long as it took: a long queue takes a while to read.
REST = 10
_CASE = {Status.QUEUED: CaseState.QUEUED, Status.TRANSFERRED: CaseState.QUEUED, Status.CONNECTED: CaseState.TAKEN}


class SnapshotLoader:
    """Holds the newest `snapshot`, `None` before the first reading. `now` gives the time in UTC."""

    def __init__(self, cases: Cases, agents: Agents, now: Callable[[], datetime]) -> None:
        self.snapshot: QueueSnapshot | None = None
        self._cases, self._agents, self._now = cases, agents, now
        self._rows = SnapshotRows()
        # Whether all must be read, but not before `_rests_until`.
        self._is_stale, self._rests_until, self._round_at = True, 0.0, 0.0
        # Conversations whose cases must be read.
        self._changed: set[str] = set()

    def refresh(self) -> None:
        """Read all soon."""
        self._is_stale = True

    def follow(self, changed: Changed) -> bool:
        """Note a change of a conversation; true when there is something to read."""
        if self.snapshot is None:
            return False
        conversation, case = changed.conversation, self.snapshot.cases.get(changed.conversation.id)
        state, agent = _CASE.get(conversation.status), conversation.agent.id if conversation.agent else None
        same = (state, agent) == ((case.state, case.agent) if case else (None, None))
        first = case is not None and case.clocks.first_response_at is None and any(
            entry.author is Author.AGENT for entry in changed.entries)
        if same and not first:
            return False
        if state is CaseState.QUEUED:
            self.refresh()
        else:
            self._changed.add(conversation.id)
        return True

    def wait(self) -> float:
        """Seconds until the next reading if nothing changes."""
        if self._changed:
            return 0.0
        return max(0.0, (self._rests_until if self._is_stale else self._round_at) - time.monotonic())

    async def read(self) -> bool:
        """Read what must be read now; true when all was read. Raises `StoreUnavailable`."""
        now = time.monotonic()
        if now >= self._round_at:
            self._is_stale, self._round_at = True, now + ROUND_SECONDS
        if self._is_stale and (now >= self._rests_until or self.snapshot is None):
            await self._read_all()
            return True
        if self._changed and self.snapshot:
            await self._read_changed(self.snapshot)
        return False

    async def _read_all(self) -> None:
        begun, self._is_stale = time.monotonic(), False
        self._changed.clear()
        try:
            self.snapshot = await asyncio.to_thread(read_snapshot, self._cases, self._agents, self._now(), self._rows)
        except BaseException:  # cancelled, too: all must still be read
            self._is_stale = True
            raise
        self._rows.keep(self.snapshot.cases)
        now = time.monotonic()
        self._rests_until = now + REST * (now - begun)

    async def _read_changed(self, snapshot: QueueSnapshot) -> None:
        """Read the changed cases, of which none should wait."""
        names, self._changed = self._changed, set()
        try:
            changed = await asyncio.to_thread(self._open_cases, names)
        except BaseException:  # cancelled, too: they must still be read
            self._changed |= names
            raise
        if any(case is not None and case.state is CaseState.QUEUED for case in changed.values()):
            self._is_stale = True
        else:
            self.snapshot = snapshot.patched(changed)

    def _open_cases(self, conversations: Iterable[str]) -> dict[str, Case | None]:
        found = {name: self._cases.of_conversation(name) for name in conversations}
        return {name: cases[0] if cases and cases[0].state is not CaseState.CLOSED else None
                for name, cases in found.items()}
