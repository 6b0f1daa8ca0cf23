"""Counts refused requests and logs them once a minute, one line for each kind: a flood must not fill the log."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

logger = logging.getLogger(__name__)

ROUND_SECONDS = 60.0
# HTTP: malformed; no key or session; foreign origin or no CSRF token; too large; unsupported type; too fast.
STATUSES = (400, 401, 403, 413, 415, 429)
# Error codes of frames on a socket; all other codes also occur in normal use.
CODES = ("bad_frame", "rate_limited", "unknown_key")
# Kinds of paths; a path itself may be any text that a client sends.
_DOORS = ("/v1/", "/agent", "/hooks/", "/widget/", "/demo")
# Clients by kind; all later ones are counted as one.
_MOST_CLIENTS, _OTHERS = 1000, "others"


class RefusalLog:
    """Counts by kind, then by client: an address, or an agent's id."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def answer(self, status: int, path: str, client: str) -> None:
        """Count an HTTP answer, or a socket that was closed during its handshake."""
        if status in STATUSES:
            door = next((door for door in _DOORS if path.startswith(door)), "elsewhere")
            self.count(f"{status} at {door}", client)

    def frame(self, code: str, client: str) -> None:
        """Count an `error` frame."""
        if code in CODES:
            self.count(f"frames, {code}", client)

    def count(self, kind: str, client: str) -> None:
        """Count one refusal."""
        counts = self._counts.setdefault(kind, Counter())
        counts[client if client in counts or len(counts) < _MOST_CLIENTS else _OTHERS] += 1

    async def run(self) -> None:
        """Log every `ROUND_SECONDS`, for ever."""
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            self.flush()

    def flush(self) -> None:
        """Log the counts since the last call, and reset them."""
        counted, self._counts = self._counts, {}
        for kind, counts in sorted(counted.items()):
            clients = counts.keys() - {_OTHERS}
            client = max(clients, key=counts.__getitem__)
            logger.warning(
                "Refused in the last %g s: %s, %d times, %d clients%s, most often %s (%d times)", ROUND_SECONDS, kind,
                sum(counts.values()), len(clients), " and others" if _OTHERS in counts else "", client, counts[client])
