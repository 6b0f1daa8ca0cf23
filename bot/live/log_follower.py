"""Follows a conversation's log: reads new entries until there are none, one reading at a time, with retries.

The browser of a visitor (`VisitorSubscription`) and of an agent (`AgentSubscription`), a case at an outside desk
(`DeskOutbox`) and a conversation with the bot (`BotDispatcher`) have a follower each. `wake` says that there may be new
entries, or that the outcome of a commit is unknown. The owner keeps the cursor (the last `seq` that it has shown or
answered), so a reading is safe to repeat.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.core.errors import DeskUnavailable, StoreUnavailable

logger = logging.getLogger(__name__)


class LogFollower:
    """Runs `catch_up` once after each `wake`, or once after several. A failed `catch_up` is repeated after
    `pause(failures)` seconds, or after the `retry_after` of a desk. `name` stands in the process's log."""

    def __init__(self, name: str, catch_up: Callable[[], Awaitable[None]], pause: Callable[[int], float]) -> None:
        self._name = name
        self._catch_up = catch_up
        self._pause = pause
        self._is_behind = self._is_held = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """True while a reading is under way: its result may be older than changes published meanwhile."""
        return self._task is not None

    def wake(self) -> None:
        """There may be new entries; never blocks."""
        self._is_behind = True
        if self._task is None and not self._is_held:
            self._task = asyncio.create_task(self._run())

    def hold(self) -> None:
        """Read nothing until `release`."""
        self._is_held = True

    def release(self) -> None:
        """Read again, at once if `wake` was called meanwhile."""
        self._is_held = False
        if self._is_behind:
            self.wake()

    def close(self) -> None:
        """Read no more. A `catch_up` may close its own follower."""
        self._is_behind = False
        if self._task is not None and self._task is not _current_task():
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        failures = 0
        while self._is_behind:
            self._is_behind = False
            wait: float | None = None
            try:
                await self._catch_up()
                failures = 0
                continue
            except (DeskUnavailable, StoreUnavailable) as error:
                wait = getattr(error, "retry_after", None)
                if not failures:
                    logger.warning("%s is behind and tried again: %s", self._name, error)
            except Exception:  # the edge: one follower that fails must not take the others along
                logger.exception("%s is behind and tried again.", self._name)
            self._is_behind = True
            failures += 1
            await asyncio.sleep(wait or self._pause(failures))
        self._task = None


def _current_task() -> asyncio.Task[None] | None:
    """The running task; `None` outside of a running loop, where the shell closes its connection."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
