"""Fair turns with the bot: one address gets as much as another, however many it asks for, and who asks for little goes
before who asks for much.

Fair queueing by virtual finish times (Demers, Keshav, Shenker, "Analysis and simulation of a fair queueing algorithm",
1989): a clock goes on with the work that is done, a request is tagged with the time at which its group would have had
it, and the smallest tag goes first. The clock goes as slowly as if many groups shared the bot, also where few do: so
what is short passes all of a flood and not only its first half. Nobody waits for ever, for the clock passes every tag.
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
    tag: float
    admitted: asyncio.Future[None]


@dataclass
class _Group:
    """Who waits, in the order of coming, the tag of the last, and the costs of those inside."""

    tag: float
    waiting: deque[_Waiting] = field(default_factory=deque)
    inside: list[float] = field(default_factory=list)


class FairQueue:
    """Lets in what costs at most `most` together, of one group `share`; what costs more comes alone.

    The clock goes as if `sharers` groups were there, or more. What is dear lets cheap ones pass until they have had
    so many times the difference of the two costs.
    """

    def __init__(self, most: float, share: float, sharers: int = SHARERS) -> None:
        self._most = most
        self._share = share
        self._sharers = sharers
        # Those of which one waits or is inside; all others would begin at the clock's time.
        self._groups: dict[str, _Group] = {}
        self._clock = 0.0

    @asynccontextmanager
    async def turn(self, group: str, cost: float) -> AsyncIterator[None]:
        """Wait for a turn of `group`, and have it. `cost` is what it is likely to take, in any unit above 0."""
        queue = self._groups.setdefault(group, _Group(self._clock))
        queue.tag = max(queue.tag, self._clock) + cost
        mine = _Waiting(cost, queue.tag, asyncio.get_running_loop().create_future())
        queue.waiting.append(mine)
        self._admit()
        try:
            await mine.admitted
            yield
        finally:
            if mine in queue.waiting:  # gave up before its turn
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
            # What is next waits for its room; nothing smaller passes it meanwhile.
            if not _fits(one.cost, [cost for other in self._groups.values() for cost in other.inside], self._most):
                return
            queue.waiting.popleft()
            queue.inside.append(one.cost)
            self._clock += one.cost / max(self._sharers, len(self._groups))
            one.admitted.set_result(None)


def _fits(cost: float, inside: list[float], most: float) -> bool:
    return not inside or sum(inside) + cost <= most
