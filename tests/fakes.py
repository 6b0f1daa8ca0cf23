"""Stand-ins for the ports, without a database: they keep what they get, and fail when told to."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.core.case import WaitRange
from bot.core.errors import StoreUnavailable, TooManyTickets
from bot.ports import CaseFile, QueuePlace, Staffing, TicketDraft

QUEUE_PATIENCE = timedelta(minutes=3)


class FakeClock:
    """A clock that stands still until `forward` moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 20, 31, 5, 123_000, timezone.utc)

    def __call__(self) -> datetime:
        """The time now, UTC."""
        return self.time

    def forward(self, by: timedelta) -> datetime:
        """Let `by` pass; the time then."""
        self.time += by
        return self.time


class FakeTickets:
    """Keeps drafts by their key; `down` makes it fail, `full` refuses what is bounded."""

    def __init__(self) -> None:
        self.down = self.full = False
        self.drafts: dict[str, TicketDraft] = {}

    def open_ticket(self, draft: TicketDraft, *, bounded: bool = True) -> str:
        """See `Tickets`."""
        if self.down:
            raise StoreUnavailable("locked")
        if self.full and bounded:
            raise TooManyTickets("full")
        self.drafts.setdefault(draft.key, draft)
        return f"KLT-{1 + list(self.drafts).index(draft.key):06d}"


class FakeQueue:
    """Keeps cases by their conversation; `down` makes it fail."""

    def __init__(self) -> None:
        self.down = False
        self.cases: dict[str, CaseFile] = {}
        self.staff = Staffing(1)
        self.zone: str | None = None
        self.wait: WaitRange | None = None

    def open_case(self, case: CaseFile) -> QueuePlace:
        """See `Queue`."""
        if self.down:
            raise StoreUnavailable("away")
        is_new = case.conversation_id not in self.cases
        self.cases.setdefault(case.conversation_id, case)
        return self._place(case.conversation_id, is_new)

    def place(self, conversation_id: str) -> QueuePlace | None:
        """See `Queue`."""
        if self.down:
            raise StoreUnavailable("away")
        return self._place(conversation_id, False) if conversation_id in self.cases else None

    def staffing(self, tier: int, language: str) -> Staffing:
        """See `Queue`."""
        if self.down:
            raise StoreUnavailable("away")
        return self.staff

    def zone_of(self, conversation_id: str) -> str | None:
        """See `Queue`."""
        return self.zone

    def _place(self, conversation_id: str, is_new: bool) -> QueuePlace:
        position = 1 + list(self.cases).index(conversation_id)
        tier = self.cases[conversation_id].route.tier or 1
        return QueuePlace(f"KLC-{position:06d}", position, is_new, tier, self.wait)
