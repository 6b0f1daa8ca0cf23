"""How long a visitor will probably wait, learned from the desk's own history: an interval that holds in eight of ten
cases. `docs/waiting.md` explains the method and has the measured coverage.

A first guess comes from how long agents have lately kept a case and how many they have now. How far such guesses were
off becomes the interval, for each stretch of the queue; and by how often the intervals themselves were wrong, they are
made wider or narrower.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean, median

from bot.core.case import WaitRange

# Nothing is told before so many hand-offs were taken whose wait was guessed.
ENOUGH = 20
# Of a stretch of the queue the newest so many guesses count, of a desk so many takes, so many cases it has closed, and
# so many that an idle agent took.
REMEMBERED, RECENT, CLOSED, PICKED = 250, 12, 40, 50
# Of so few closed cases the time that one takes is not told yet.
FEW = 10
# On each side one in ten may be wrong; each outcome moves the aim by this part of its error.
MISSES = 0.1
PACE = 0.03
_LEAST, _MOST = 0.002, 0.45
# Stretches of the queue that behave alike: up to these positions, and what is behind them. Who comes while an agent is
# free is in a stretch of their own.
STRETCHES = (1, 3, 7, 15)
FREE = -1
# Nobody presses a button faster than this.
_FASTEST = 5.0


@dataclass(frozen=True)
class WaitHistory:
    """A hand-off of a tier. Times are seconds since 1970: when it was opened, when an agent first took it or (if nobody
    did) the visitor left, and when it was over; `None` for what has not happened. `position` and `free` (an agent was)
    are those at its beginning, `guess` (seconds) and `told` what was guessed and told then; `held` by an agent now."""

    opened_at: float
    position: int
    free: bool = False
    taken_at: float | None = None
    left_at: float | None = None
    closed_at: float | None = None
    held: bool = False
    guess: float | None = None
    told: WaitRange | None = None

    @property
    def stretch(self) -> int:
        """The stretch of the queue in which it began."""
        return stretch_of(self.position, self.free)

    @property
    def ended_at(self) -> float | None:
        """When the wait was over."""
        return self.left_at if self.taken_at is None else self.taken_at


@dataclass(frozen=True)
class WaitEstimate:
    """What a tier's history says now, in seconds: the time between two takes while all agents are busy, the time until
    a free one takes what comes. `factors` are, by stretch, what a guess is multiplied with for the interval's ends."""

    gap: float
    pick: float
    factors: Mapping[int, tuple[float, float]] = field(default_factory=dict)

    def guess(self, position: int, free: bool) -> float:
        """The first guess for a place in the queue, in seconds."""
        return self.pick if free else self.gap * position

    def wait(self, position: int, free: bool) -> WaitRange | None:
        """The interval for a place in the queue; `None` without enough history."""
        found = self.factors.get(stretch_of(position, free))
        if found is None:
            return None
        low, high = (_tidy(factor * self.guess(position, free)) for factor in found)
        return WaitRange(low, max(high, low + _step(low)))


@dataclass(frozen=True)
class _Score:
    """What is known of a guess: since when, how many times as long it took (or will at least), and whether the interval
    that was told began too late or ended too early."""

    at: float
    ratio: float
    too_late: bool
    too_early: bool
    past: WaitHistory


def estimate_wait(history: Iterable[WaitHistory], now: float) -> WaitEstimate | None:
    """What the history of one tier says at `now`; `None` before anybody was taken."""
    known = list(history)
    gap = _gap(known, now)
    if gap is None:
        return None
    picked = sorted((past.taken_at, past.opened_at) for past in known if past.free and past.taken_at is not None)
    pick = max(_FASTEST, median(taken - opened for taken, opened in picked[-PICKED:])) if picked else min(gap, 60.0)
    scores = sorted((score for past in known if (score := _score(past, now))), key=lambda score: score.at)
    if not _is_enough(scores):
        return WaitEstimate(gap, pick)
    factors = {}
    for stretch in range(FREE, len(STRETCHES) + 1):
        here = [score for score in scores if score.past.stretch == stretch]
        factors[stretch] = _factors(here if _is_enough(here) else scores)
    return WaitEstimate(gap, pick, factors)


def stretch_of(position: int, free: bool) -> int:
    """The stretch of the queue in which a position is, from 0 (its head); `FREE` where an agent is free for it."""
    if free:
        return FREE
    return next((number for number, end in enumerate(STRETCHES) if position <= end), len(STRETCHES))


def in_minutes(wait: WaitRange) -> tuple[int, int]:
    """An interval as people are told it, in whole minutes; (0, 1) is less than one."""
    if wait.high <= 60:
        return 0, 1
    low, high = round(wait.low / 60), max(2, round(wait.high / 60))
    return (low, high) if low < high else (0, high)


def _gap(history: Sequence[WaitHistory], now: float) -> float | None:
    """While all are busy, each case that is closed lets the next be taken: the time one takes, by how many they have.

    Before that can be told, the mean time between takes while somebody waited, and since the last one.
    """
    closed = sorted((past.closed_at, past.taken_at) for past in history
                    if past.taken_at is not None and past.closed_at is not None)[-CLOSED:]
    held = sum(past.held for past in history)
    if held and len(closed) >= FEW:
        return max(_FASTEST, mean(end - begin for end, begin in closed) / held)
    taken = sorted((past.taken_at, past.opened_at) for past in history if past.taken_at is not None)[-RECENT - 1:]
    if len(taken) < 2:
        return None
    gaps = [after - max(before, opened) for (before, _), (after, opened) in pairwise(taken)]
    waiting = [past.opened_at for past in history if past.ended_at is None]
    since = now - max(taken[-1][0], min(waiting)) if waiting else 0.0
    return max(_FASTEST, (sum(gaps) + max(since, 0.0)) / len(gaps))


def _score(past: WaitHistory, now: float) -> _Score | None:
    """`None` while nothing can be said: somebody waits, or left before it was clear."""
    if past.guess is None:
        return None
    told, waited = past.told, (now if past.ended_at is None else past.ended_at) - past.opened_at
    is_over = told is not None and waited > told.high
    if past.taken_at is None and not is_over:
        return None
    known = past.opened_at + (told.high if told and is_over else waited)
    return _Score(known, waited / past.guess, told is not None and waited < told.low, is_over, past)


def _is_enough(scores: Sequence[_Score]) -> bool:
    return sum(score.past.taken_at is not None for score in scores) >= ENOUGH


def _factors(scores: Sequence[_Score]) -> tuple[float, float]:
    """The ends of the interval as multiples of a guess, so that each is missed by one in ten."""
    low = high = MISSES
    for score in scores:
        if score.past.told is not None:
            low = min(_MOST, max(_LEAST, low + PACE * (MISSES - score.too_late)))
            high = min(_MOST, max(_LEAST, high + PACE * (MISSES - score.too_early)))
    ratios = sorted(score.ratio for score in scores[-REMEMBERED:])
    return _quantile(ratios, low), _quantile(ratios, 1 - high)


def _quantile(ordered: Sequence[float], part: float) -> float:
    """The value below which `part` of them lie, in between where need be."""
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _step(seconds: float) -> int:
    """How finely such a time is told."""
    return 5 if seconds < 60 else 15 if seconds < 300 else 60


def _tidy(seconds: float) -> int:
    step = _step(seconds)
    return round(seconds / step) * step
