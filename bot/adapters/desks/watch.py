"""Looking after the cases at a desk that has to be asked about each: what is known of them, and when to look again."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.adapters.desks.calls import NOT_FOUND, CallRefused
from bot.core.conversation import Agent
from bot.core.errors import DeskUnavailable
from bot.ports import DeskEvent, DeskNews

logger = logging.getLogger(__name__)

# Cases are looked at without being told so every `pace` seconds; many of them more slowly, to spare the desk. So long
# waits a question for news, too: who asks may know of more cases then.
PACE_SECONDS = 5.0
LOOKS_A_SECOND = 10
AT_ONCE = 4
# Messages become visible in about the order of their ids: this many of the newest are remembered one by one.
REMEMBERED = 12
# What is raised where something has another shape than the desk's documents say.
ODD = (AttributeError, LookupError, TypeError, ValueError)
# What was written in one moment may show a moment later: so long a case that has changed is read anew each time.
SETTLING_SECONDS = 60.0


@dataclass
class Mark:
    """What of a case was told already: the ids of its newest messages, in their order there, who has it there (an
    agent's id and name), its state there, a stamp that the desk compares, and how many events beside messages it
    had."""

    messages: list[str] = field(default_factory=list)
    holder: tuple[str, str] | None = None
    state: str = ""
    stamp: str | None = None
    count: int = 0

    def saw(self, messages: Sequence[str]) -> None:
        """All of `messages` were told. They are what stands there from one of those on that were known; which of them
        was told later than a newer one does not matter."""
        older = [message for message in self.messages if message not in messages]
        self.messages = [*older, *messages][-REMEMBERED:]


class Look:
    """The events of one look at the case `ref`; they move its `mark` on."""

    def __init__(self, ref: str, mark: Mark) -> None:
        self.ref = ref
        self.mark = mark
        self.events: list[DeskEvent] = []

    def tell(self, kind: str, agent: Agent | None = None, **more: Any) -> None:
        """Something happened that has no id of its own there: the same again, from the same mark, has the same id."""
        id_ = f"{_name(self.ref)}.{self.mark.count}.{kind}.{agent.id if agent else ''}"
        self.events.append(DeskEvent(id_, self.ref, kind, agent, **more))
        self.mark.count += 1

    async def hear(self, message: str, feedback_recorder: Awaitable[None]) -> None:
        """Tell of a message. One that can't be read is left out: what is said after it must be heard."""
        try:
            await feedback_recorder
        except ODD as error:
            logger.warning("A message of a desk can't be read: %s (%s)", message, type(error).__name__)

    def has(self, agent: Agent) -> None:
        """`agent` has the case there."""
        if self.mark.holder != (agent.id, agent.name):
            self.tell("accepted", agent)
            self.mark.holder = (agent.id, agent.name)

    @property
    def holder(self) -> Agent | None:
        """Who has it there."""
        return Agent(*self.mark.holder) if self.mark.holder else None


def is_settling(changed_at: float, now: float) -> bool:
    """Whether more of what was written at `changed_at` (seconds since 1970, as `now`) may still show."""
    return now - changed_at < SETTLING_SECONDS


Looker = Callable[[Look], Awaitable[None]]


class Watch:
    """When to look at which case. `pace` in seconds."""

    def __init__(self, pace: float = PACE_SECONDS) -> None:
        self._pace = pace
        self._is_told = asyncio.Event()
        self._nudged: set[str] = set()
        self._passing: list[DeskEvent] = []
        self._swept = 0.0
        # Cases that could not be looked at the last time.
        self._broken: set[str] = set()

    def nudge(self, case: str) -> None:
        """Look at that one now: `case` is the part of its `ref` before the slash."""
        self._nudged.add(case)
        self._is_told.set()

    def passing(self, event: DeskEvent) -> None:
        """An event that nobody would find by looking: somebody types. Its `ref` is the part before the slash."""
        self._passing.append(event)
        self._is_told.set()

    async def news(self, look: Looker, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        """`AgentDesk.news`, by looking at each case: `look` tells its events, and changes its mark."""
        known = _read(cursor)
        marks = {ref: known.get(ref) for ref in refs}
        ends = time.monotonic() + self._pace_of(marks)
        while True:
            nudged, self._nudged = self._nudged, set()
            events = await self._look_at(self._due(marks, nudged), look, marks)
            names = {_name(ref): ref for ref in marks}
            events += [replace(event, ref=names[event.ref]) for event in self._passing if event.ref in names]
            self._passing.clear()
            left = ends - time.monotonic()
            # Of a case that is not among `refs` the one who asks will know more in a moment.
            if events or left <= 0 or nudged - names.keys():
                return DeskNews(tuple(events), _write(marks))
            await self._rest(min(left, self._next_sweep(marks)))

    def _due(self, marks: dict[str, Mark | None], nudged: set[str]) -> list[str]:
        if self._next_sweep(marks) <= 0:
            self._swept = time.monotonic()
            return list(marks)
        return [ref for ref, mark in marks.items() if mark is None or _name(ref) in nudged]

    def _next_sweep(self, marks: dict[str, Mark | None]) -> float:
        return self._swept + self._pace_of(marks) - time.monotonic()

    def _pace_of(self, marks: dict[str, Mark | None]) -> float:
        return max(self._pace, len(marks) / LOOKS_A_SECOND)

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._is_told.wait(), max(seconds, 0))
        except asyncio.TimeoutError:
            return
        finally:
            self._is_told.clear()

    async def _look_at(self, due: list[str], look: Looker, marks: dict[str, Mark | None]) -> list[DeskEvent]:
        """One case that can't be looked at keeps none of the others; when none can, the desk is away."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(ref: str) -> Look | DeskUnavailable:
            # A copy: what a broken look found is found again.
            seen = Look(ref, Mark(**asdict(marks[ref] or Mark())))
            async with gate:
                try:
                    await look(seen)
                except CallRefused as error:
                    if error.status != NOT_FOUND:
                        return error
                    if seen.mark.state != "gone":
                        seen.mark.state = "gone"
                        seen.tell("failed", text=str(error))
                except DeskUnavailable as error:
                    return error
                except ODD as error:
                    return DeskUnavailable(f"a case has a shape that nobody knows: {type(error).__name__}")
            return seen

        events: list[DeskEvent] = []
        found = await asyncio.gather(*(one(ref) for ref in due))
        broken = {ref: seen for ref, seen in zip(due, found, strict=True) if isinstance(seen, DeskUnavailable)}
        if broken and len(broken) == len(marks):
            self._nudged.update(map(_name, due))
            raise next(iter(broken.values()))
        for seen in found:
            if isinstance(seen, Look):
                marks[seen.ref] = seen.mark
                events += seen.events
        for ref in broken.keys() - self._broken:
            logger.warning("A case at the desk can't be looked at; it is tried again: %s: %s", _name(ref),
                           broken[ref])
        self._broken = (self._broken - set(due)) | broken.keys()
        return events


def _name(ref: str) -> str:
    return ref.partition("/")[0]


def _read(cursor: str | None) -> dict[str, Mark]:
    stored = json.loads(cursor) if cursor else {}
    return {ref: Mark(**{**mark, "holder": tuple(mark["holder"]) if mark["holder"] else None})
            for ref, mark in stored.items()}


def _write(marks: dict[str, Mark | None]) -> str:
    return json.dumps({ref: asdict(mark) for ref, mark in marks.items() if mark}, sort_keys=True)
