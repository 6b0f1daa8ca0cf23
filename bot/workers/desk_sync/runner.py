"""Everything that runs for an outside desk."""

from __future__ import annotations

import asyncio
import logging

from bot.core.conversation import Author
from bot.core.errors import DeskUnavailable, StoreUnavailable
from bot.live.frames import Frame
from bot.live.gateway import Gateway
from bot.ports import AgentDesk, DeskLinks, Memory
from bot.workers.desk_sync.inbox import DeskInbox
from bot.workers.desk_sync.outbox import DeskOutbox

logger = logging.getLogger(__name__)

COUNT_SECONDS = 30.0
# A visitor who types is told of again after this long, and no sooner.
TYPING_SECONDS = 4.0
STAFFING = "staffing"


class DeskSync:
    """The worker of `desk`; `language` is the agents'."""

    def __init__(self, gateway: Gateway, desk: AgentDesk, links: DeskLinks, memory: Memory, language: str) -> None:
        self.desk = desk
        self._memory = memory
        self._outbox = DeskOutbox(gateway, desk, links, language)
        self._inbox = DeskInbox(gateway, desk, links, memory, self._outbox)
        self._typed: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        gateway.pubsub.on_transient.append(self._on_transient)

    async def run(self) -> None:
        """Until it is cancelled."""
        await asyncio.gather(self._outbox.run(), self._inbox.run(), self._count())

    async def _count(self) -> None:
        """Who is there, for whoever tells visitors what to expect (`memory`, `staffing`)."""
        while True:
            try:
                online = await self.desk.online()
            except DeskUnavailable:
                online = None
            except Exception:  # the edge: nobody knows is an answer, too
                logger.exception("The agents could not be counted.")
                online = None
            try:
                await asyncio.to_thread(self._memory.remember, STAFFING, {"desk": self.desk.name, "online": online})
            except StoreUnavailable:
                logger.warning("How many agents are there could not be stored.")
            await asyncio.sleep(COUNT_SECONDS)

    def _on_transient(self, conversation_id: str, frame: Frame) -> None:
        """The agents see that the visitor types."""
        ref = self._outbox.ref(conversation_id)
        if ref is None or frame.get("type") != "typing" or frame.get("author") != Author.VISITOR.value:
            return
        now = asyncio.get_running_loop().time()
        if frame.get("on") and now - self._typed.get(ref, -TYPING_SECONDS) < TYPING_SECONDS:
            return
        self._typed = {typed: at for typed, at in self._typed.items() if now - at < TYPING_SECONDS} | {ref: now}
        task = asyncio.create_task(self._type(ref, bool(frame.get("on"))))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _type(self, ref: str, on: bool) -> None:
        try:
            await self.desk.typing(ref, on)
        except DeskUnavailable:
            return  # who types is no news worth keeping
        except Exception:  # the edge
            logger.exception("Typing could not be shown.")
