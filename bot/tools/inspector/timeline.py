"""What happened in a conversation, item by item, for a page that follows it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass, field

from bot.live.frames import Frame
from bot.tools.sandbox.trace import Trace, Transition
from bot.tools.scenarios.scenario import Step

VISITOR, AGENT, EVENT = "visitor", "agent", "event"


@dataclass
class Item:
    """A turn of the visitor, a step of an agent, or what happened by itself."""

    number: int  # from 1 in the conversation
    who: str  # VISITOR, AGENT or EVENT
    label: str  # the words, or what happened
    step: Step | None = None  # to do it again; `None`: that can't be
    seq: int = 0  # of the visitor's entry
    waits: bool = False  # for the bot
    entries: list[Frame] = field(default_factory=list)  # what came of it
    transitions: list[Transition] = field(default_factory=list)
    trace: Trace | None = None
    problems: tuple[str, ...] = ()  # what differs from the scenario
    was: Item | None = None  # the same step before the conversation was edited
    version: int = 0


class Timeline:
    """The items of one conversation: the one that began last, or in which a visitor spoke last. Threads may write."""

    def __init__(self) -> None:
        self.conversation_id = ""
        self.status = ""
        self.items: list[Item] = []
        self.epoch = 0  # counts conversations
        self.version = 0  # counts changes
        self.is_over = False
        self._lock = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()

    def begin(self, conversation_id: str) -> None:
        """Follow another conversation."""
        with self._lock:
            self.conversation_id, self.status, self.items = conversation_id, "", []
            self.epoch += 1
            self.changed()

    def add(self, who: str, label: str, step: Step | None = None, *, seq: int = 0, waits: bool = False) -> Item:
        """A new item at the end."""
        with self._lock:
            item = Item(len(self.items) + 1, who, label, step, seq, waits)
            self.items.append(item)
            self.changed(item)
            return item

    def of(self, seq: int) -> Item | None:
        """The turn of the visitor's entry `seq`."""
        return next((item for item in self.items if item.who == VISITOR and item.seq == seq), None)

    def done_after(self, number: int) -> Item | None:
        """The first item after the item `number` that somebody has done."""
        return next((item for item in self.items[number:] if item.who != EVENT), None)

    def changed(self, item: Item | None = None) -> None:
        """Tell those who wait that `item`, or something else, is not as it was."""
        with self._lock:
            self.version += 1
            if item:
                item.version = self.version
            if self._loop:
                with suppress(RuntimeError):  # the loop has ended
                    self._loop.call_soon_threadsafe(self._wake)

    async def wait(self, version: int, seconds: float) -> None:
        """Wait until there is a newer version than `version`, for so many seconds at most."""
        self._loop = asyncio.get_running_loop()
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            if self.version <= version and not self.is_over:
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(event.wait(), seconds)
        finally:
            self._waiting.discard(event)

    def end(self) -> None:
        """Nobody waits any more: the server ends."""
        self.is_over = True
        self._wake()

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()
