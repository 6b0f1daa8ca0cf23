"""A follower reads once after each call, or once after several; a failure is repeated; nothing runs side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from waiting import wait_until_async

from bot.core.errors import DeskUnavailable, StoreUnavailable
from bot.live.log_follower import LogFollower


class Log:
    """Counts readings; each waits until `go` is set, and raises the next of `faults`."""

    def __init__(self, *faults: Exception) -> None:
        self.faults, self.readings, self.at_once, self.most_at_once = list(faults), 0, 0, 0
        self.go = asyncio.Event()
        self.pauses: list[int] = []
        self.follower = LogFollower("A test's log", self._read, self._pause)

    async def _read(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.go.wait()
            self.readings += 1
            if self.faults:
                raise self.faults.pop(0)
        finally:
            self.at_once -= 1

    def _pause(self, failures: int) -> float:
        self.pauses.append(failures)
        return 0.0


def run(play: Callable[[Log], Awaitable[None]], *faults: Exception) -> Log:
    """Play with a follower; fails after ten seconds."""
    async def within() -> Log:
        log = Log(*faults)
        await asyncio.wait_for(play(log), 10)
        return log

    return asyncio.run(within())


async def _settle(log: Log) -> None:
    log.go.set()
    await wait_until_async(lambda: not log.follower.is_busy)


def test_several_calls_before_a_reading_are_one() -> None:
    async def play(log: Log) -> None:
        for _ in range(3):
            log.follower.wake()
        await _settle(log)

    assert run(play).readings == 1


def test_a_call_during_a_reading_reads_again_afterwards() -> None:
    async def play(log: Log) -> None:
        log.follower.wake()
        await wait_until_async(lambda: log.at_once == 1)
        log.follower.wake()
        log.follower.wake()
        await _settle(log)

    log = run(play)
    assert (log.readings, log.most_at_once) == (2, 1)


@pytest.mark.parametrize("fault", [StoreUnavailable("x"), DeskUnavailable("x"), ValueError("x")])
def test_a_failed_reading_is_repeated_with_growing_pauses(fault: Exception) -> None:
    async def play(log: Log) -> None:
        log.follower.wake()
        await _settle(log)

    log = run(play, fault, fault)
    assert (log.readings, log.pauses) == (3, [1, 2])


def test_what_is_announced_while_held_is_read_on_release() -> None:
    async def play(log: Log) -> None:
        log.go.set()
        log.follower.hold()
        log.follower.wake()
        await asyncio.sleep(0)
        assert not log.follower.is_busy
        log.follower.release()
        await _settle(log)

    assert run(play).readings == 1


def test_a_closed_follower_reads_no_more() -> None:
    async def play(log: Log) -> None:
        log.follower.wake()
        await wait_until_async(lambda: log.at_once == 1)
        log.follower.close()
        log.go.set()
        await wait_until_async(lambda: log.at_once == 0)

    assert run(play).readings == 0


def test_a_follower_is_closed_outside_of_a_loop() -> None:
    async def begin() -> Log:
        log = Log()
        log.follower.wake()
        await wait_until_async(lambda: log.at_once == 1)
        return log

    loop = asyncio.new_event_loop()
    log = loop.run_until_complete(begin())
    log.follower.close()
    loop.run_until_complete(asyncio.sleep(0))
    assert not log.follower.is_busy and log.readings == 0
    loop.close()
