"""What is refused at the door is counted, and told once a minute: a line for each kind, for a flood must not fill the
log."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

logger = logging.getLogger(__name__)

ROUND_SECONDS = 60.0
# Of answers: what is malformed, without a key or a session, of another origin or without a form's secret, too large, of
# a type that is not taken, too fast.
STATUSES = (400, 401, 403, 413, 415, 429)
# Of frames on a socket; what else is wrong with one happens to everybody.
CODES = ("bad_frame", "rate_limited", "unknown_key")
# The doors; a path is whatever somebody types.
_DOORS = ("/v1/", "/agent", "/hooks/", "/widget/", "/demo")
# By kind; those that come later are counted without it.
_MOST_CLIENTS, _OTHERS = 1000, "others"


class RefusalLog:
    """Counts by kind, and within it by client: an address of a machine, or an agent."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def answer(self, status: int, path: str, client: str) -> None:
        """An answer of HTTP was sent, or a socket closed before it was open."""
        if status in STATUSES:
            door = next((door for door in _DOORS if path.startswith(door)), "elsewhere")
            self.count(f"{status} at {door}", client)

    def frame(self, code: str, client: str) -> None:
        """A frame of a socket was answered by an error."""
        if code in CODES:
            self.count(f"frames, {code}", client)

    def count(self, kind: str, client: str) -> None:
        """One more."""
        counts = self._counts.setdefault(kind, Counter())
        counts[client if client in counts or len(counts) < _MOST_CLIENTS else _OTHERS] += 1

    async def run(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            self.tell()

    def tell(self) -> None:
        """What was counted since the last time, and count anew."""
        counted, self._counts = self._counts, {}
        for kind, counts in sorted(counted.items()):
            clients = counts.keys() - {_OTHERS}
            client = max(clients, key=counts.__getitem__)
            logger.warning(
                "Refused in the last %g s: %s, %d times, %d clients%s, most often %s (%d times)", ROUND_SECONDS, kind,
                sum(counts.values()), len(clients), " and others" if _OTHERS in counts else "", client, counts[client])
