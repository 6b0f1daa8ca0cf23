"""Fair turns: by group, by cost, with a bound on what is inside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.live.fair_queue_by_address import SHARERS, FairQueue

Ask = tuple[str, str, float]


class Room:
    """Who is let in, in which order; each stays until the next is to come."""

    def __init__(self, most: int, share: int, sharers: int = SHARERS) -> None:
        self.turnstile = FairQueue(most, share, sharers)
        self.order: list[str] = []
        self.inside: list[str] = []
        self.most_inside = 0
        self.most_of_one = 0
        self._leave = asyncio.Semaphore(0)
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, group: str, name: str, cost: float) -> None:
        """Ask for a turn."""
        self.tasks[name] = asyncio.create_task(self._one(group, name, cost))
        await settle()

    async def finish(self) -> None:
        """Let everybody in and out."""
        while any(not task.done() for task in self.tasks.values()):
            self._leave.release()
            await settle()

    async def _one(self, group: str, name: str, cost: float) -> None:
        async with self.turnstile.turn(group, cost):
            self.order.append(name)
            self.inside.append(group)
            self.most_inside = max(self.most_inside, len(self.inside))
            self.most_of_one = max(self.most_of_one, self.inside.count(group))
            await self._leave.acquire()
            self.inside.remove(group)


async def settle() -> None:
    """Let all tasks come as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


def play(most: int, share: int, asks: list[Ask], before: Callable[[Room], Awaitable[None]] | None = None) -> Room:
    """All ask in this order; then one after the other leaves."""
    async def main() -> Room:
        room = Room(most, share)
        for ask in asks:
            await room.come(*ask)
        if before:
            await before(room)
        await room.finish()
        return room

    return asyncio.run(main())


def test_sixty_of_one_address_and_one_of_another() -> None:
    """The one comes next, however long the others have waited."""
    room = play(4, 2, [("office", f"o{number}", 1) for number in range(60)] + [("home", "mine", 1)])
    assert room.order.index("mine") <= 2
    assert room.most_inside <= 4 and room.most_of_one == 2


def test_the_order_within_an_address() -> None:
    """First come, first served, and everybody is."""
    names = [f"o{number}" for number in range(30)]
    assert play(8, 2, [("office", name, 1 + len(name)) for name in names]).order == names


def test_a_short_one_before_sixty_long_ones() -> None:
    """Of as many addresses: what costs little is done soon."""
    room = play(2, 2, [(f"a{number}", f"long{number}", 2500) for number in range(60)] + [("b", "short", 540)])
    assert room.order.index("short") <= 3


@pytest.mark.parametrize("served", [1, 20, 40, 58])
def test_a_short_one_late_in_the_flood(served: int) -> None:
    """It passes what is left of it."""
    async def late(room: Room) -> None:
        for _ in range(served):
            room._leave.release()
            await settle()
        await room.come("b", "short", 540)

    asks = [(f"a{number}", f"long{number}", 2500.0) for number in range(60)]
    assert play(5000, 2500, asks, late).order.index("short") <= served + 3


def test_a_long_one_among_short_ones_comes_in_time() -> None:
    """It waits for no more than its own share of work of the others."""
    async def main() -> list[str]:
        room = Room(1, 1, sharers=4)
        await room.come("first", "first", 1)
        await room.come("long", "long", 2500)
        for number in range(100):
            await room.come(f"s{number}", f"s{number}", 500)
            room._leave.release()
            await settle()
        await room.finish()
        return room.order

    assert asyncio.run(main()).index("long") < 20


def test_the_room_is_for_work_and_not_for_heads() -> None:
    """Few long ones at once or many short ones; one that is larger than the room comes alone."""
    assert play(5000, 2500, [(f"a{number}", f"{number}", 2500) for number in range(9)]).most_inside == 2
    assert play(5000, 2500, [(f"a{number}", f"{number}", 500) for number in range(30)]).most_inside == 10
    assert play(5000, 2500, [("one", f"{number}", 500) for number in range(30)]).most_inside == 5
    assert play(5000, 2500, [("one", "huge", 9000), ("two", "small", 500)]).most_inside == 1


def test_who_gives_up_holds_no_place() -> None:
    """Neither while it waits nor in its turn; nothing is remembered of groups that are gone."""
    async def give_up(room: Room) -> None:
        room.tasks["b"].cancel()
        room.tasks["a"].cancel()
        await settle()

    room = play(1, 1, [("one", "a", 1), ("two", "b", 1), ("three", "c", 1)], give_up)
    assert room.order == ["a", "c"]
    assert not room.turnstile._groups


@pytest.mark.parametrize("groups", [2, 7, 60])
def test_turns_are_even_where_costs_are(groups: int) -> None:
    """At no time has one address had two turns more than another that waits."""
    asks = [(f"g{number % groups}", f"{number}", 1.0) for number in range(4 * groups)]
    had = [0] * groups
    for name in play(1, 1, asks).order:
        had[int(name) % groups] += 1
        assert max(had) - min(had) <= 2
