"""Fair turns with the bot: all client addresses get the same share, however many requests they send, and light requests
go before heavy ones.

Fair queueing by virtual finish times (Demers, Keshav, Shenker, "Analysis and simulation of a fair queueing algorithm",
1989): a virtual clock advances with the work done, a request is tagged with its group's virtual finish time, and the
smallest tag goes first. The clock always advances as if `SHARERS` groups or more shared the bot, so a short request
passes a whole flood and not only its first half. No request waits for ever, for the clock passes every tag.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SHARERS = 100


@dataclass(eq=False)
class _Waiting:
    cost: float
    tag: float  # virtual finish time
    admitted: asyncio.Future[None]


@dataclass
class _Group:
    tag: float  # of the newest request
    waiting: deque[_Waiting] = field(default_factory=deque)  # the oldest first
    inside: list[float] = field(default_factory=list)  # costs of the admitted requests


class FairQueue:
    """Admits requests with a total cost of at most `most`, and of at most `share` for one group; a request that costs
    more runs alone. An expensive request lets cheap ones pass until these have had `sharers` times the difference of
    the two costs."""

    def __init__(self, most: float, share: float, sharers: int = SHARERS) -> None:
        self._most = most
        self._share = share
        self._sharers = sharers
        # Groups with a waiting or admitted request; any other group would begin at the clock's time.
        self._groups: dict[str, _Group] = {}
        self._clock = 0.0

    @asynccontextmanager
    async def turn(self, group: str, cost: float) -> AsyncIterator[None]:
        """Wait for a turn of `group` and hold it. `cost` is the expected work, above 0, in the unit of `most`."""
        queue = self._groups.setdefault(group, _Group(self._clock))
        queue.tag = max(queue.tag, self._clock) + cost
        mine = _Waiting(cost, queue.tag, asyncio.get_running_loop().create_future())
        queue.waiting.append(mine)
        self._admit()
        try:
            await mine.admitted
            yield
        finally:
            if mine in queue.waiting:  # cancelled before its turn
                queue.waiting.remove(mine)
            else:
                queue.inside.remove(cost)
            if not queue.waiting and not queue.inside:
                del self._groups[group]
            self._admit()

    def _admit(self) -> None:
        while ready := [queue for queue in self._groups.values()
                        if queue.waiting and _fits(queue.waiting[0].cost, queue.inside, self._share)]:
            queue = min(ready, key=lambda queue: queue.waiting[0].tag)
            one = queue.waiting[0]
            # The next request waits for room; no smaller one passes it meanwhile.
            if not _fits(one.cost, [cost for other in self._groups.values() for cost in other.inside], self._most):
                return
            queue.waiting.popleft()
            queue.inside.append(one.cost)
            self._clock += one.cost / max(self._sharers, len(self._groups))
            one.admitted.set_result(None)


def _fits(cost: float, inside: list[float], most: float) -> bool:
    return not inside or sum(inside) + cost <= most
