"""Writing to the log: what arrives together is committed together, and told to everybody who listens, in order.

Nothing is acknowledged or shown before its commit.
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
# From one batch to the next, at least: a batch of ten costs little more than one of a single change. What comes after a
# pause is committed at once.
GATHER_SECONDS = 0.01


@dataclass
class _Waiting:
    change: Change
    done: asyncio.Future[Changed]


class EventLogWriter:
    """One writer a process: a thread that commits batches. `listeners` hear of each step that changed anything,
    `on_uncertain_commit` of each conversation whose step failed: perhaps it was stored, and only the answer got
    lost."""

    def __init__(self, conversations: Conversations) -> None:
        self.listeners: list[Callable[[Changed], None]] = []
        self.on_uncertain_commit: list[Callable[[str], None]] = []
        self._conversations = conversations
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(1, "journal")

    async def write(self, change: Change) -> Changed:
        """Store `change` and tell everybody who listens; `StoreUnavailable` when nothing was stored."""
        waiting = _Waiting(change, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        return await waiting.done

    async def run(self) -> None:
        """Commit what comes, for ever."""
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
                self._tell(self.on_uncertain_commit, waiting.change.conversation_id)
                if not waiting.done.done():
                    waiting.done.set_exception(error)
            return
        for waiting, changed in zip(batch, results, strict=True):
            if changed.is_new:
                self._tell(self.listeners, changed)
            if not waiting.done.done():
                waiting.done.set_result(changed)

    def _tell(self, whom: Iterable[Callable[[Any], None]], what: Changed | str) -> None:
        for listener in whom:
            try:
                listener(what)
            except Exception:  # the edge: the writer must go on, whoever could not hear
                logger.exception("A change could not be told.")
