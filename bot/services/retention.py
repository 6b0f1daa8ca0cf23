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
        erasures, now = self._eraser.erasures, self._now()
        if before := self._keep.since("conversations", now):
            while conversations := erasures.old_conversations(before, BATCH, has_desk=self._has_desk):
                self._eraser.erase(conversations, (), "age", SYSTEM)
                yield "conversations", len(conversations)
        if before := self._keep.since("tickets", now):
            while tickets := erasures.old_tickets(before, BATCH, has_desk=self._has_desk):
                self._eraser.erase((), tickets, "age", SYSTEM)
                yield "tickets", len(tickets)
        if before := self._keep.since("files", now):
            yield from self._files(before)
        yield from self._feedback(self._keep.since("feedback", now) or _NEVER, now)
        if before := self._keep.since("audit", now):
            yield "audit entries", self._audit.forget(before)

    def _compact(self) -> None:
        """Compact the database after deletions, at most once a day; the next round retries a failed attempt."""
        now = self._now()
        if self._is_littered and now - self._compacted_at >= COMPACT_EVERY and self._eraser.erasures.compact():
            self._compacted_at, self._is_littered = now, False

    def _files(self, before: datetime) -> Iterator[tuple[str, int]]:
        files = self._eraser.files
        owners = files.conversations()
        while some := list(islice(owners, BATCH)):
            over = self._eraser.erasures.over(some)
            yield "files", sum(files.erase_older(conversation_id, before) for conversation_id in over)

    def _feedback(self, before: datetime, now: datetime) -> Iterator[tuple[str, int]]:
        yield "runs of kilat learn", self._eraser.runs.erase_older(before)
        while count := self._feedback_store.forget(before, max(before, now - UNTIL_RATED), BATCH):
            yield "messages that were kept to learn from", count
