"""How honest the waiting intervals are: of a simulated desk's, the share that came true, and how wide they were.

`make bench-waiting` simulates a week for each of 20 seeds. An interval that was told when a case was opened is right if
an agent took the case within it. Who left before its end is not counted (nobody knows), who left after it is a miss.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.desk_simulation import Desk, Visit
from bot.core.case import WaitRange
from bot.core.wait_estimate import STRETCHES, in_minutes, stretch_of

ALL, LIVE, WORDS = "when it was opened", "at each later move in the queue", "when it was opened, in whole minutes"


@dataclass(frozen=True)
class Verdict:
    """One interval: of which groups, whether it came true, how long it took (at least), and how wide it was."""

    groups: tuple[str, ...]
    is_right: bool
    too_early: bool
    waited: float
    width: float


@dataclass(frozen=True)
class Line:
    """A group of intervals. `ended_early` is the share of those that were over before the agent came; seconds."""

    group: str
    intervals: int
    coverage: float
    ended_early: float
    median_wait: float
    median_width: float


def verdicts(visits: Iterable[Visit]) -> Iterator[Verdict]:
    """What became of everything that was stated."""
    for visit in visits:
        past = visit.past
        assert past.ended_at is not None, "the last one is over"
        for number, (at, position, wait) in enumerate(visit.stated):
            waited = past.ended_at - at
            if past.taken_at is None and waited <= wait.high:
                continue
            place = _named(position, number == 0 and past.free)
            groups = (ALL, f"tier {visit.tier}", place, f"priority {visit.priority or 'unknown'}")
            early = past.taken_at is None or waited > wait.high
            is_right = not early and waited >= wait.low
            yield Verdict(groups if number == 0 else (LIVE,), is_right, early, waited, wait.high - wait.low)
            if number == 0:
                yield Verdict((WORDS,), past.taken_at is not None and _holds(wait, waited), early, waited, 0)


def _holds(wait: WaitRange, waited: float) -> bool:
    """As a person would judge it, who was told minutes."""
    low, high = in_minutes(wait)
    return waited < 60 if high == 1 else low <= round(waited / 60) <= high


def _named(position: int, free: bool) -> str:
    if free:
        return "an agent is free"
    stretch = stretch_of(position, free)
    first = STRETCHES[stretch - 1] + 1 if stretch else 1
    last = STRETCHES[stretch] if stretch < len(STRETCHES) else None
    return f"position {first}" if first == last else f"positions {first}–{last}" if last else f"position {first} on"


def lines(found: Iterable[Verdict]) -> list[Line]:
    """The groups, each with what its intervals came to."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in found:
        for group in verdict.groups:
            groups.setdefault(group, []).append(verdict)
    return [
        Line(name, len(those), sum(one.is_right for one in those) / len(those),
             sum(one.too_early for one in those) / len(those),
             median(one.waited for one in those), median(one.width for one in those))
        for name, those in sorted(groups.items())
    ]


def week(seed: int, days: int = 7) -> tuple[list[Verdict], int, int]:
    """The verdicts of a seed, its hand-offs, and how many of them left."""
    visits = Desk(seed, days).run()
    return list(verdicts(visits)), len(visits), sum(visit.past.taken_at is None for visit in visits)


def main() -> None:
    """Simulate, and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.seeds)
    with ProcessPoolExecutor() as pool:
        weeks = list(pool.map(week, seeds, itertools.repeat(given.days)))
    shown = lines(verdict for found, _, _ in weeks for verdict in found)
    print(f"{'Intervals of 80 %, told':40} {'number':>8} {'true':>7} {'early':>7} {'wait':>7} {'width':>7}")
    for line in shown:
        print(f"{line.group:40} {line.intervals:8} {line.coverage:7.1%} {line.ended_early:7.1%} "
              f"{line.median_wait:6.0f}s {line.median_width:6.0f}s")
    each = sorted(next(line.coverage for line in lines(found) if line.group == ALL) for found, _, _ in weeks)
    print(f"By seed: {each[0]:.1%} to {each[-1]:.1%}, of {sum(n for _, n, _ in weeks)} hand-offs "
          f"{sum(left for _, _, left in weeks) / sum(n for _, n, _ in weeks):.0%} left")
    if given.json:
        given.json.write_text(json.dumps([asdict(line) for line in shown], indent=1))


if __name__ == "__main__":
    main()
