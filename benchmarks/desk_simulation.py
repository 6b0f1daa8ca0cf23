"""A week at a simulated desk: visitors who come by a daily rhythm and in bursts, wait, leave; agents who come and go.

Everything is drawn anew for each seed, in ranges from a well staffed desk to one that is overrun.
`bot.core.wait_estimate` knows nothing of it: it sees the history of the queue alone, as in production, and no more of
it than production reads. """

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.case import WaitRange
from bot.core.wait_estimate import WaitEstimate, WaitHistory, estimate_wait

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
# How busy each hour of a day is, and each day of a week.
RHYTHM = (.15, .1, .08, .08, .1, .2, .35, .6, .9, 1, 1, .95, .75, .9, 1, .95, .8, .6, .5, .45, .4, .35, .3, .2)
WEEK = (1, 1, .95, .95, .9, .4, .35)
URGENCY = {"p1": 1, "p2": 2, None: 3, "p3": 4, "p4": 5}
FIRST_RESPONSE = {"p1": HOUR, "p2": 4 * HOUR}
PRIORITIES = ("p1", "p2", None, "p3", "p4")
USUAL, IN_A_BURST = (4, 16, 30, 35, 15), (30, 40, 20, 7, 3)
# As `bot.adapters.sql.wait_estimates` reads it.
HISTORY, FRESH = 600, 10.0


@dataclass
class Visit:
    """One hand-off; `stated` is when, from which position and what was told of the wait, first when it was opened."""

    number: int
    tier: int
    priority: str | None
    promised: float | None
    past: WaitHistory
    stated: list[tuple[float, int, WaitRange]] = field(default_factory=list)

    @property
    def turn(self) -> tuple[float, ...]:
        """Whose turn comes first, as `bot.adapters.sql.cases` has it."""
        return (URGENCY[self.priority], self.promised is None, self.promised or 0, self.past.opened_at, self.number)


@dataclass
class Worker:
    """An agent: what they take, how many at once, and when they work (hours of the day, at weekends too or not)."""

    tiers: tuple[int, ...]
    capacity: int
    starts: float
    hours: float
    weekend: bool
    has: int = 0
    is_there: bool = False
    picks: bool = False

    def room(self, tier: int) -> int:
        """How many more cases of a tier they can take."""
        return max(0, self.capacity - self.has) if self.is_there and tier in self.tiers else 0


@dataclass
class World:
    """What is drawn: arrivals an hour at the busiest by tier; seconds that a case takes (and their spread), that a
    visitor waits at most and that an agent needs to press the button, on average; bursts (begin, length, how many times
    the usual); agents."""

    random: random.Random
    peaks: tuple[float, float]
    handling: float
    spread: float
    patience: float
    pick: float
    bursts: list[tuple[float, float, float]]
    workers: list[Worker]


def draw(seed: int, days: int) -> World:
    """A desk of any size."""
    rng = random.Random(seed)
    handling, capacity = rng.uniform(6, 18), rng.choice([1, 2, 2, 3])
    peaks = rng.uniform(15, 60), rng.uniform(5, 15)
    workers = [Worker((1,), capacity, start, 8.3, True) for start in (0, 15.8)]
    workers.append(Worker((1, 2), capacity, 8, 8, False))
    for tier, peak in enumerate(peaks, 1):
        needed = peak * handling / 60 / capacity / rng.uniform(0.7, 1)
        for number in range(math.ceil(needed)):
            starts = rng.choice([7, 8, 8, 9, 9, 10, 12]) if number else 8
            workers.append(Worker((tier,), capacity, starts, rng.uniform(7, 9), rng.random() < .5))
    bursts = [(rng.uniform(0, days) * DAY, rng.uniform(10, 40) * MINUTE, rng.uniform(2, 5))
              for _ in range(round(days * rng.uniform(.3, .7)))]
    return World(rng, peaks, handling * MINUTE, rng.uniform(.5, .9), rng.uniform(20, 60) * MINUTE, rng.uniform(8, 30),
                 bursts, workers)


class Desk:
    """Runs a world for so many days, event by event. With `live`, what is told anew at each move is kept, too."""

    def __init__(self, seed: int, days: int = 7, *, live: bool = True) -> None:
        self.world, self.days, self.live = draw(seed, days), days, live
        self.now = 0.0
        self.queues: dict[int, list[Visit]] = {1: [], 2: []}
        self.visits: dict[int, list[Visit]] = {1: [], 2: []}
        self._events: list[tuple[float, int, Any, tuple[Any, ...]]] = []
        self._count = itertools.count()
        self._looks: dict[int, tuple[float, WaitEstimate | None]] = {}

    def run(self) -> list[Visit]:
        """All hand-offs, the last one over."""
        for at, tier, in_burst in self._arrivals():
            self._at(at, self._arrive, tier, in_burst)
        for worker, day in itertools.product(self.world.workers, range(self.days)):
            if WEEK[day % 7] > .5 or worker.weekend:
                self._shift(worker, day * DAY)
        while self._events:
            self.now, _, do, values = heapq.heappop(self._events)
            do(*values)
        return [*self.visits[1], *self.visits[2]]

    def _at(self, time: float, do: Any, *values: Any) -> None:
        heapq.heappush(self._events, (time, next(self._count), do, values))

    def _arrivals(self) -> Iterator[tuple[float, int, bool]]:
        rng = self.world.random
        for tier, peak in enumerate(self.world.peaks, 1):
            at, most = 0.0, 5.0
            while (at := at + rng.expovariate(peak * most / HOUR)) < self.days * DAY:
                bursts = [times for begin, length, times in self.world.bursts if begin <= at < begin + length]
                busy = RHYTHM[int(at % DAY // HOUR)] * WEEK[int(at // DAY) % 7] * max(bursts, default=1)
                if rng.random() < busy / most:
                    yield at, tier, bool(bursts)

    def _shift(self, worker: Worker, midnight: float) -> None:
        """A day's work with its pauses; once in a while somebody is ill."""
        rng = self.world.random
        at = midnight + worker.starts * HOUR + rng.gauss(0, 10 * MINUTE)
        ends = at + worker.hours * HOUR
        while rng.random() > .06 and at < ends:
            pause = min(ends, at + 20 * MINUTE + rng.expovariate(1 / (1.8 * HOUR)))
            self._at(max(0.0, at), self._come, worker)
            self._at(pause, self._go, worker)
            at = pause + rng.uniform(4, 35) * MINUTE

    def _come(self, worker: Worker) -> None:
        worker.is_there = True
        self._look(worker)

    def _go(self, worker: Worker) -> None:
        worker.is_there = False

    def _arrive(self, tier: int, in_burst: bool) -> None:
        rng = self.world.random
        priority = rng.choices(PRIORITIES, IN_A_BURST if in_burst else USUAL)[0]
        has_promise = tier == 2 or rng.random() < .3
        promised = self.now + FIRST_RESPONSE.get(priority or "", DAY) if has_promise else None
        visit = Visit(len(self.visits[tier]), tier, priority, promised, WaitHistory(self.now, 1))
        self.queues[tier] = sorted([*self.queues[tier], visit], key=lambda one: one.turn)
        position = self.queues[tier].index(visit) + 1
        is_staffed = any(worker.is_there and tier in worker.tiers for worker in self.world.workers)
        seen, free = self._outlook(tier) if is_staffed else None, self._free(tier) >= position
        guess, told = (seen.guess(position, free), seen.wait(position, free)) if seen else (None, None)
        visit.past = WaitHistory(self.now, position, free, guess=guess, told=told)
        visit.stated += [(self.now, position, told)] if told else []
        self.visits[tier].append(visit)
        self._at(self.now + MINUTE + rng.expovariate(1 / self.world.patience), self._leave, visit)
        for worker in self.world.workers:
            self._look(worker)

    def _leave(self, visit: Visit) -> None:
        if visit in self.queues[visit.tier]:
            visit.past = replace(visit.past, left_at=self.now, closed_at=self.now)
            self._move_on(visit)

    def _look(self, worker: Worker) -> None:
        if not worker.picks and any(worker.room(tier) and self.queues[tier] for tier in worker.tiers):
            worker.picks = True
            self._at(self.now + self.world.random.lognormvariate(math.log(self.world.pick), .7), self._pick, worker)

    def _pick(self, worker: Worker) -> None:
        worker.picks = False
        heads = [self.queues[tier][0] for tier in worker.tiers if worker.room(tier) and self.queues[tier]]
        if heads:
            visit, world = min(heads, key=lambda one: one.turn), self.world
            visit.past = replace(visit.past, taken_at=self.now, held=True)
            worker.has += 1
            self._move_on(visit)
            length = world.random.lognormvariate(math.log(world.handling) - world.spread ** 2 / 2, world.spread)
            self._at(self.now + length, self._finish, worker, visit)
        self._look(worker)

    def _finish(self, worker: Worker, visit: Visit) -> None:
        worker.has -= 1
        visit.past = replace(visit.past, held=False, closed_at=self.now)
        self._look(worker)

    def _move_on(self, gone: Visit) -> None:
        """Those behind are told anew."""
        self.queues[gone.tier].remove(gone)
        seen = self._outlook(gone.tier) if self.live else None
        free = self._free(gone.tier)
        for position, visit in enumerate(self.queues[gone.tier], 1):
            if seen and visit.stated and visit.stated[-1][1] > position:
                wait = seen.wait(position, free >= position)
                visit.stated += [(self.now, position, wait)] if wait else []

    def _free(self, tier: int) -> int:
        return sum(worker.room(tier) for worker in self.world.workers)

    def _outlook(self, tier: int) -> WaitEstimate | None:
        at, seen = self._looks.get(tier, (-math.inf, None))
        if self.now - at > FRESH:
            seen = estimate_wait([visit.past for visit in self.visits[tier][-HISTORY:]], self.now)
            self._looks[tier] = self.now, seen
        return seen
