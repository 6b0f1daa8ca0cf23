"""A desk in this process that does as it is told: it keeps what it is shown, fails when asked to, and tells what a test
makes happen. Both its sides are here: the port's, and the agents'."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from desks.house import House

from bot.core.conversation import Agent, Entry
from bot.core.errors import DeskUnavailable, WebhookRefused
from bot.ports import AgentDesk, Case, DeskEvent, DeskNews, QueuePlace

SARI = Agent("sari", "Sari")
BUDI = Agent("budi", "Budi")


class FakeOutsideDesk:
    """A desk of the name `fake`. `told` are all events, and a cursor is how many of them were read; `fails` says of
    which case (its number) it wants to hear nothing now, and `retry_after` for how long. `forgets`: the cursor that a
    gateway keeps does not count, as after a crash before it was stored."""

    name = "fake"

    def __init__(self) -> None:
        self.opened: dict[str, list[str]] = {}
        self.shown: dict[str, list[str]] = {}
        self.files: dict[str, list[bytes]] = {}
        self.closed: dict[str, str] = {}
        self.refused: list[tuple[str, str]] = []
        self.typed: list[bool] = []
        self.told: list[DeskEvent] = []
        self.fails: set[str] = set()
        self.stumbles = 0
        self.retry_after: float | None = None
        self.tries: list[float] = []
        self.forgets = False
        self.count: int | None = 3

    def desk(self) -> AgentDesk:
        """The same again: it is the outside world."""
        return self

    def attach(self, house: House) -> None:
        """Nothing to do."""

    def tell(self, kind: str, ref: str, agent: Agent | None = SARI, text: str = "", **more: object) -> DeskEvent:
        """Something happens there."""
        event = DeskEvent(f"e{len(self.told)}", ref, kind, agent, text, **more)  # type: ignore[arg-type]
        self.told.append(event)
        return event

    async def check(self) -> None:
        """See `AgentDesk`."""

    async def online(self) -> int | None:
        """See `AgentDesk`."""
        return self.count

    async def open_case(self, case: Case, place: QueuePlace | None, transcript: str) -> str:
        """See `AgentDesk`; `stumbles` times it is opened, and the answer gets lost."""
        self._try(case.number)
        self.opened.setdefault(case.number, []).append(transcript)
        if self.stumbles:
            self.stumbles -= 1
            raise DeskUnavailable("the answer got lost")
        return case.number

    async def relay(self, ref: str, entry: Entry, file: bytes | None = None) -> None:
        """See `AgentDesk`."""
        self._try(ref)
        self.shown.setdefault(ref, []).append(entry.body.get("text", ""))
        if file is not None:
            self.files.setdefault(ref, []).append(file)

    async def typing(self, ref: str, on: bool) -> None:
        """See `AgentDesk`."""
        self.typed.append(on)

    async def refuse(self, ref: str, event: str, why: str) -> None:
        """See `AgentDesk`."""
        self.refused.append((event, why))

    async def close(self, ref: str, reason: str) -> None:
        """See `AgentDesk`."""
        self._try(ref)
        self.closed[ref] = reason

    async def news(self, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        """See `AgentDesk`."""
        read = 0 if self.forgets else int(cursor or 0)
        self.forgets = False
        if len(self.told) == read:
            await asyncio.sleep(0.02)
        return DeskNews(tuple(self.told[read:]), str(len(self.told)))

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `AgentDesk`."""
        if headers.get("x-secret") != "right":
            raise WebhookRefused("not ours")

    async def aclose(self) -> None:
        """See `AgentDesk`."""

    def _try(self, case: str) -> None:
        if case in self.fails:
            self.tries.append(asyncio.get_running_loop().time())
            raise DeskUnavailable("told to", retry_after=self.retry_after)
