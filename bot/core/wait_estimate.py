"""Estimates a visitor's wait from the desk's history: an interval that holds in eight of ten cases. `docs/waiting.md`
explains the method and gives the measured coverage.

A first guess comes from the recent duration of cases and the number held now. The errors of earlier guesses, by
stretch of the queue, give the interval. Its width adapts to how often earlier intervals missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean, median

from bot.core.case import WaitRange

# The hand-offs, guessed and then taken, that an interval needs.
ENOUGH = 20
# How many of the newest count: guesses of a stretch, takes of a tier, closed cases, and cases that a free agent took.
REMEMBERED, RECENT, CLOSED, PICKED = 250, 12, 40, 50
# The closed cases that the mean duration needs.
FEW = 10
# The share of misses aimed at on each side, and the step size with which each outcome corrects the quantile.
MISSES = 0.1
PACE = 0.03
_LEAST, _MOST = 0.002, 0.45
# The last positions of the stretches of the queue; one more stretch lies behind them. `FREE`: an agent was free.
STRETCHES = (1, 3, 7, 15)
FREE = -1
# Seconds: the shortest gap and pick-up time.
_FASTEST = 5.0


@dataclass(frozen=True)
class WaitHistory:
    """A past or open hand-off of a tier. Times are Unix time in seconds; `None`: has not happened."""

    opened_at: float
    position: int  # in the queue at the opening, from 1
    free: bool = False  # an agent was free at the opening
    taken_at: float | None = None  # by the first agent
    left_at: float | None = None  # by the visitor, before any agent took the case
    closed_at: float | None = None
    held: bool = False  # by an agent now
    guess: float | None = None  # seconds, at the opening
    told: WaitRange | None = None  # the interval shown at the opening

    @property
    def stretch(self) -> int:
        """The stretch of the queue at the opening."""
        return stretch_of(self.position, self.free)

    @property
    def ended_at(self) -> float | None:
        """When the wait ended (Unix time); `None`: the visitor still waits."""
        return self.left_at if self.taken_at is None else self.taken_at


@dataclass(frozen=True)
class WaitEstimate:
    """The wait model of a tier. Times are seconds."""

    gap: float  # between two takes while all agents are busy
    pick: float  # until a free agent takes a new case
    factors: Mapping[int, tuple[float, float]] = field(default_factory=dict)  # stretch: interval ends / guess

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
    """The outcome of a guess."""

    at: float  # when the outcome was known (Unix time, seconds)
    ratio: float  # the wait (or its lower bound) / the guess
    too_late: bool  # the interval began after the wait ended
    too_early: bool  # the interval ended before the wait did
    past: WaitHistory


def estimate_wait(history: Iterable[WaitHistory], now: float) -> WaitEstimate | None:
    """The wait model of one tier at `now` (Unix time, seconds); `None`: too few cases were taken."""
    known = list(history)
    gap = _gap(known, now)
    if gap is None:
        return None
    picked = sorted((past.taken_at, past.opened_at) for past in known if past.free and past.taken_at is not None)
    pick = max(_FASTEST, median(taken - opened for taken, opened in picked[-PICKED:])) if picked else min(gap, 60.0)
    scores = sorted((score for past in known if (score := _score(past, now))), key=lambda score: score.at)
    if not _is_enough(scores):
        return WaitEstimate(gap, pick)
    by_stretch: dict[int, list[_Score]] = {stretch: [] for stretch in range(FREE, len(STRETCHES) + 1)}
    for score in scores:
        by_stretch[score.past.stretch].append(score)
    of_all = _factors(scores)
    factors = {stretch: _factors(here) if _is_enough(here) else of_all for stretch, here in by_stretch.items()}
    return WaitEstimate(gap, pick, factors)


def stretch_of(position: int, free: bool) -> int:
    """The stretch of `position`, from 0 (the head of the queue); `FREE` when an agent is free."""
    if free:
        return FREE
    return next((number for number, end in enumerate(STRETCHES) if position <= end), len(STRETCHES))


def in_minutes(wait: WaitRange) -> tuple[int, int]:
    """The interval in whole minutes, as shown to visitors; (0, 1): less than one minute."""
    if wait.high <= 60:
        return 0, 1
    low, high = round(wait.low / 60), max(2, round(wait.high / 60))
    return (low, high) if low < high else (0, high)


def _gap(history: Sequence[WaitHistory], now: float) -> float | None:
    """Seconds between takes while all agents are busy: the mean duration of a case, divided by the cases held.

    With fewer than `FEW` closed cases, the mean gap between takes while a visitor waited; `None`: fewer than two takes.
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
    """The outcome of the guess; `None`: there was none, the visitor still waits, or left within the interval."""
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
    """The interval's ends as multiples of the guess. Each end adapts towards `MISSES` misses."""
    low = high = MISSES
    for score in scores:
        if score.past.told is not None:
            low = min(_MOST, max(_LEAST, low + PACE * (MISSES - score.too_late)))
            high = min(_MOST, max(_LEAST, high + PACE * (MISSES - score.too_early)))
    ratios = sorted(score.ratio for score in scores[-REMEMBERED:])
    return _quantile(ratios, low), _quantile(ratios, 1 - high)


def _quantile(ordered: Sequence[float], part: float) -> float:
    """The quantile `part` (0 to 1) of `ordered`, linearly interpolated."""
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _step(seconds: float) -> int:
    """The rounding step for a time, in seconds."""
    return 5 if seconds < 60 else 15 if seconds < 300 else 60


def _tidy(seconds: float) -> int:
    step = _step(seconds)
    return round(seconds / step) * step
