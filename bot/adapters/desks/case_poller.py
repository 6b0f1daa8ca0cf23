"""Polls a desk that must be asked about each case. A webhook makes the poller ask at once."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.adapters.desks.http_calls import NOT_FOUND, CallRefused
from bot.core.conversation import Agent
from bot.core.errors import DeskUnavailable
from bot.ports import DeskEvent, DeskNews

logger = logging.getLogger(__name__)

# Seconds from one poll of a case to the next; longer with many cases, to spare the desk. A call of `news` lasts as
# long.
PACE_SECONDS = 5.0
POLLS_A_SECOND = 10
AT_ONCE = 4
# How many of the newest messages of a case are remembered, as messages may become visible out of order.
REMEMBERED = 12
# Errors for an answer of another shape than the desk's documents say.
ODD_SHAPE = (AttributeError, LookupError, TypeError, ValueError)
# For this long after a change, each poll reads the case again: a message may become visible late.
SETTLING_SECONDS = 60.0


@dataclass
class CaseCursor:
    """What a desk has reported of a case."""

    messages: list[str] = field(default_factory=list)  # ids of its newest messages, in the desk's order
    holder: tuple[str, str] | None = None  # id and name of the agent who has the case there
    state: str = ""  # its state, in the desk's terms
    stamp: str | None = None  # another value that the desk compares
    count: int = 0  # of events without an id at the desk

    def remember(self, messages: Sequence[str]) -> None:
        """Add the ids of read messages: all that the desk has, from a known one on."""
        older = [message for message in self.messages if message not in messages]
        self.messages = [*older, *messages][-REMEMBERED:]


class CasePoll:
    """One poll of the case `ref`: collects `events`, and moves `cursor` on."""

    def __init__(self, ref: str, cursor: CaseCursor) -> None:
        self.ref = ref
        self.cursor = cursor
        self.events: list[DeskEvent] = []

    def add(self, kind: str, agent: Agent | None = None, **more: Any) -> None:
        """Add an event that has no id at the desk. Polls from the same cursor give it the same id."""
        id_ = f"{_name(self.ref)}.{self.cursor.count}.{kind}.{agent.id if agent else ''}"
        self.events.append(DeskEvent(id_, self.ref, kind, agent, **more))
        self.cursor.count += 1

    async def read(self, message: str, reading: Awaitable[None]) -> None:
        """Add a message's events by awaiting `reading`. A message of an odd shape is skipped."""
        try:
            await reading
        except ODD_SHAPE as error:
            logger.warning("A message of a desk can't be read: %s (%s)", message, type(error).__name__)

    def accept(self, agent: Agent) -> None:
        """Add the event that `agent` has taken the case, unless it is known."""
        if self.cursor.holder != (agent.id, agent.name):
            self.add("accepted", agent)
            self.cursor.holder = (agent.id, agent.name)

    @property
    def holder(self) -> Agent | None:
        """The agent who has the case there."""
        return Agent(*self.cursor.holder) if self.cursor.holder else None


def is_settling(changed_at: float, now: float) -> bool:
    """True when messages from `changed_at` may still become visible. Both are in seconds since 1970."""
    return now - changed_at < SETTLING_SECONDS


PollCase = Callable[[CasePoll], Awaitable[None]]


class CasePoller:
    """Polls every case each `pace` seconds, and a case of `poll_now` at once."""

    def __init__(self, pace: float = PACE_SECONDS) -> None:
        self._pace = pace
        self._is_told = asyncio.Event()
        self._requested: set[str] = set()
        self._transient: list[DeskEvent] = []
        self._swept = 0.0
        # Cases whose last poll failed.
        self._broken: set[str] = set()

    def poll_now(self, case: str) -> None:
        """Poll a case now. `case` is the part of its `ref` before the slash."""
        self._requested.add(case)
        self._is_told.set()

    def add_transient(self, event: DeskEvent) -> None:
        """Pass on an event that no poll finds, such as typing. Its `ref` is the part before the slash."""
        self._transient.append(event)
        self._is_told.set()

    async def news(self, poll_case: PollCase, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        """See `AgentDesk.news`. `poll_case` adds a case's events to its `CasePoll`, and moves the cursor on."""
        known = _read(cursor)
        cursors = {ref: known.get(ref) for ref in refs}
        ends = time.monotonic() + self._pace_of(cursors)
        while True:
            requested, self._requested = self._requested, set()
            events = await self._poll(self._due(cursors, requested), poll_case, cursors)
            names = {_name(ref): ref for ref in cursors}
            events += [replace(event, ref=names[event.ref]) for event in self._transient if event.ref in names]
            self._transient.clear()
            left = ends - time.monotonic()
            # Return for a requested case that `refs` lacks: the caller learns of it in a moment.
            if events or left <= 0 or requested - names.keys():
                return DeskNews(tuple(events), _write(cursors))
            await self._rest(min(left, self._next_sweep(cursors)))

    def _due(self, cursors: dict[str, CaseCursor | None], requested: set[str]) -> list[str]:
        if self._next_sweep(cursors) <= 0:
            self._swept = time.monotonic()
            return list(cursors)
        return [ref for ref, known in cursors.items() if known is None or _name(ref) in requested]

    def _next_sweep(self, cursors: dict[str, CaseCursor | None]) -> float:
        return self._swept + self._pace_of(cursors) - time.monotonic()

    def _pace_of(self, cursors: dict[str, CaseCursor | None]) -> float:
        return max(self._pace, len(cursors) / POLLS_A_SECOND)

    async def _rest(self, seconds: float) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._is_told.wait(), max(seconds, 0))
        self._is_told.clear()

    async def _poll(
        self, due: list[str], poll_case: PollCase, cursors: dict[str, CaseCursor | None],
    ) -> list[DeskEvent]:
        """The events of the cases `due`. Raises `DeskUnavailable` when no case can be polled."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(ref: str) -> CasePoll | DeskUnavailable:
            # A copy of the cursor: the next poll finds again what a failed one found.
            poll = CasePoll(ref, CaseCursor(**asdict(cursors[ref] or CaseCursor())))
            async with gate:
                try:
                    await poll_case(poll)
                except CallRefused as error:
                    if error.status != NOT_FOUND:
                        return error
                    if poll.cursor.state != "gone":
                        poll.cursor.state = "gone"
                        poll.add("failed", text=str(error))
                except DeskUnavailable as error:
                    return error
                except ODD_SHAPE as error:
                    return DeskUnavailable(f"a case has an unknown shape: {type(error).__name__}")
            return poll

        events: list[DeskEvent] = []
        found = await asyncio.gather(*(one(ref) for ref in due))
        broken = {ref: poll for ref, poll in zip(due, found, strict=True) if isinstance(poll, DeskUnavailable)}
        if broken and len(broken) == len(cursors):
            self._requested.update(map(_name, due))
            raise next(iter(broken.values()))
        for poll in found:
            if isinstance(poll, CasePoll):
                cursors[poll.ref] = poll.cursor
                events += poll.events
        for ref in broken.keys() - self._broken:
            logger.warning("A case at the desk can't be polled. Kilat tries again: %s: %s", _name(ref), broken[ref])
        self._broken = (self._broken - set(due)) | broken.keys()
        return events


def _name(ref: str) -> str:
    return ref.partition("/")[0]


def _read(cursor: str | None) -> dict[str, CaseCursor]:
    stored = json.loads(cursor) if cursor else {}
    return {ref: CaseCursor(**{**case, "holder": tuple(case["holder"]) if case["holder"] else None})
            for ref, case in stored.items()}


def _write(cursors: dict[str, CaseCursor | None]) -> str:
    return json.dumps({ref: asdict(case) for ref, case in cursors.items() if case}, sort_keys=True)
