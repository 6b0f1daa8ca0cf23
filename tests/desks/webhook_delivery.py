"""Webhooks on their way from a stand-in to the gateway: one after the other, and lost when it is away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

from desks.house import House


class Hooks:
    """Sends to `house`, never waited for; `statuses` are the answers. `times` is how often each is sent; with `keep`
    they are kept back until `release`; with `forge` somebody sends them who knows no secret."""

    def __init__(self) -> None:
        self.house: House | None = None
        self.statuses: list[int] = []
        self.times = 2
        self.keep = False
        self.forge = False
        self._kept: list[tuple[dict[str, str], bytes]] = []
        self._pool = ThreadPoolExecutor(1)

    def send(self, headers: dict[str, str], body: bytes) -> None:
        """Send it, and again, as those do who missed the answer."""
        if self.forge:
            headers = {**headers, "x-chatwoot-signature": "sha256=0", "x-api-key": "0"}
        for _ in range(self.times):
            if self.keep:
                self._kept.append((headers, body))
            else:
                self._pool.submit(self._send, headers, body)

    def release(self, random: Random) -> None:
        """Send those that were kept back, in any order."""
        random.shuffle(self._kept)
        for headers, body in self._kept:
            self._pool.submit(self._send, headers, body)

    def _send(self, headers: dict[str, str], body: bytes) -> None:
        if self.house is not None:
            self.statuses.append(self.house.hook(headers, body))
