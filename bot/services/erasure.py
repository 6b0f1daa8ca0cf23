"""Erases conversations and tickets: first the rows, in one transaction, then the files.

Each erasure is remembered for a day. The next `sweep` deletes what a crash left, and what others wrote to the
conversation at the same moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta, timezone

from bot.ports import Files
from bot.ports.audit import Action, AuditEvent
from bot.ports.personal_data import Erasures, Runs

REMEMBERED = timedelta(days=1)
_EVER = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Eraser:
    """Every method may raise `StoreUnavailable`; a repeated call does the rest."""

    def __init__(self, erasures: Erasures, files: Files, runs: Runs, now: Callable[[], datetime]) -> None:
        self.erasures = erasures
        self.files = files
        self.runs = runs
        self._now = now

    def erase(
        self, conversations: Collection[str], tickets: Collection[int], why: str, actor: str,
    ) -> Mapping[str, int]:
        """Erase conversations and tickets, and record who did it and `why`; returns the number of rows by table, and of
        files."""
        details = {"why": why, "conversations": len(conversations), "tickets": len(tickets)}
        rows = self.erasures.erase(conversations, tickets, AuditEvent(Action.ERASED, actor, details=details))
        files = self._clean(conversations)
        return {**rows, **({"file": files} if files else {})}

    def sweep(self) -> datetime:
        """Delete what was left after erasures, or came later; returns the time of the last erasure."""
        now, erased = self._now(), self.erasures.since(_EVER)
        these = [erasure.conversation_id for erasure in erased]
        self.erasures.again(these)
        self._clean(these)
        self.erasures.settle(now - REMEMBERED)
        return erased[-1].at if erased else _EVER

    def _clean(self, conversations: Collection[str]) -> int:
        self.runs.erase(conversations)
        return sum(self.files.erase(conversation_id) for conversation_id in conversations)
