"""Webhooks on their way from a stand-in to the gateway: one after the other, and lost when it is away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from desks.house import House


class Hooks:
    """Sends to `house`, never waited for; `statuses` are the answers. `times` is how often each is sent."""

    def __init__(self) -> None:
        self.house: House | None = None
        self.statuses: list[int] = []
        self.times = 2
        self._pool = ThreadPoolExecutor(1)

    def send(self, headers: dict[str, str], body: bytes) -> None:
        """Send it, and again, as those do who missed the answer."""
        for _ in range(self.times):
            self._pool.submit(self._send, headers, body)

    def _send(self, headers: dict[str, str], body: bytes) -> None:
        if self.house is not None:
            self.statuses.append(self.house.hook(headers, body))
