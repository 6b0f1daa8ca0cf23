"""Deletes what is older than it may be kept, batch by batch; never what is still open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import islice

from bot.core.retention import RetentionPeriods
from bot.ports.audit import SYSTEM, Audit
from bot.ports.feedback import FeedbackStore
from bot.services.erasure import Eraser

BATCH = 100
# Feedback without a reason to keep it waits this long for a bad rating, which comes at the end of a chat.
UNTIL_RATED = timedelta(days=1)
COMPACT_EVERY = timedelta(days=1)
_NEVER = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Retention:
    """Deletes by the periods `keep`. `has_desk`: tickets go on to a ticket desk, and stay until the desk has them."""

    def __init__(
        self, keep: RetentionPeriods, eraser: Eraser, feedback_store: FeedbackStore, audit: Audit,
        now: Callable[[], datetime], *, has_desk: bool,
    ) -> None:
        self._keep = keep
        self._eraser = eraser
        self._feedback_store = feedback_store
        self._audit = audit
        self._now = now
        self._has_desk = has_desk
        self._compacted_at = _NEVER
        self._is_littered = False

    def steps(self) -> Iterator[tuple[str, int]]:
        """One round: each step deletes one batch, and gives (kind, count). The caller pauses between steps. A step may
        raise `StoreUnavailable`; the next round deletes the rest."""
        self._is_littered |= self._eraser.sweep() > self._compacted_at
        for kind, count in self._deletions():
            self._is_littered |= count > 0
            yield kind, count
        self._compact()

    def _deletions(self) -> Iterator[tuple[str, int]]:
        yield from self._conversations()
        yield from self._tickets()
        yield from self._files()
        yield from self._learned()
        if before := self._keep.since("audit", self._now()):
            yield "audit entries", self._audit.forget(before)

    def _compact(self) -> None:
        """Compact the database after deletions, at most once a day; the next round retries a failed attempt."""
        now = self._now()
        if self._is_littered and now - self._compacted_at >= COMPACT_EVERY and self._eraser.erasures.compact():
            self._compacted_at, self._is_littered = now, False

    def _conversations(self) -> Iterator[tuple[str, int]]:
        if before := self._keep.since("conversations", self._now()):
            while old := self._eraser.erasures.old_conversations(before, BATCH, has_desk=self._has_desk):
                self._eraser.erase(old, (), "age", SYSTEM)
                yield "conversations", len(old)

    def _tickets(self) -> Iterator[tuple[str, int]]:
        if before := self._keep.since("tickets", self._now()):
            while old := self._eraser.erasures.old_tickets(before, BATCH, has_desk=self._has_desk):
                self._eraser.erase((), old, "age", SYSTEM)
                yield "tickets", len(old)

    def _files(self) -> Iterator[tuple[str, int]]:
        before, files = self._keep.since("files", self._now()), self._eraser.files
        them = files.conversations() if before else iter(())
        while some := list(islice(them, BATCH)):
            over = self._eraser.erasures.over(some)
            yield "files", sum(files.erase_older(conversation_id, before) for conversation_id in over if before)

    def _learned(self) -> Iterator[tuple[str, int]]:
        now = self._now()
        before, rated = self._keep.since("feedback", now) or _NEVER, now - UNTIL_RATED
        yield "runs of kilat learn", self._eraser.runs.erase_older(before)
        while count := self._feedback_store.forget(before, max(before, rated), BATCH):
            yield "messages that were kept to learn from", count
