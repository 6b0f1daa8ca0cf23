"""Writes changes to the event log in batches, then notifies listeners in commit order.

No change is acknowledged or shown before its commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bot.core.conversation import Change, Changed
from bot.core.errors import KilatError, StoreUnavailable
from bot.ports import Conversations

logger = logging.getLogger(__name__)

LARGEST_BATCH = 100
# The least time between two batches: a batch of ten costs little more than a single change. A change after a pause is
# committed at once.
GATHER_SECONDS = 0.01


@dataclass
class _Waiting:
    change: Change
    done: asyncio.Future[Changed]


class EventLogWriter:
    """One writer a process: a thread that commits batches. `on_commit` gets each new change. If a commit fails,
    `on_uncertain_commit` gets the conversation's id: the change may be stored, and only the answer lost."""

    def __init__(self, conversations: Conversations) -> None:
        self.on_commit: list[Callable[[Changed], None]] = []
        self.on_uncertain_commit: list[Callable[[str], None]] = []
        self._conversations = conversations
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(1, "event-log")

    async def write(self, change: Change) -> Changed:
        """Store `change` and notify `on_commit`. Raises the commit's error, such as `StoreUnavailable`."""
        waiting = _Waiting(change, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        return await waiting.done

    async def run(self) -> None:
        """Commit queued changes, for ever."""
        clock = asyncio.get_running_loop().time
        begun = clock() - GATHER_SECONDS
        while True:
            batch = [await self._queue.get()]
            if (early := begun + GATHER_SECONDS - clock()) > 0:
                await asyncio.sleep(early)
            begun = clock()
            while len(batch) < LARGEST_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._commit(batch)

    async def _commit(self, batch: list[_Waiting]) -> None:
        loop = asyncio.get_running_loop()
        try:
            results = await loop.run_in_executor(self._thread, self._conversations.write, [w.change for w in batch])
        except Exception as error:  # the edge: a batch fails as one, and the writer must go on
            if len(batch) > 1 and not isinstance(error, StoreUnavailable):
                for waiting in batch:
                    await self._commit([waiting])
                return
            if not isinstance(error, KilatError):
                logger.exception("A change could not be stored.")
            for waiting in batch:
                self._notify(self.on_uncertain_commit, waiting.change.conversation_id)
                if not waiting.done.done():
                    waiting.done.set_exception(error)
            return
        for waiting, changed in zip(batch, results, strict=True):
            if changed.is_new:
                self._notify(self.on_commit, changed)
            if not waiting.done.done():
                waiting.done.set_result(changed)

    def _notify(self, listeners: Iterable[Callable[[Any], None]], news: Changed | str) -> None:
        for listener in listeners:
            try:
                listener(news)
            except Exception:  # the edge: a listener that fails must not stop the writer
                logger.exception("A listener failed on a change.")
