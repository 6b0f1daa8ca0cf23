"""Runs the outbox and the inbox of an outside desk, counts its agents, and relays that a visitor types."""

from __future__ import annotations

import asyncio
import logging

from bot.core.conversation import Author
from bot.core.errors import DeskUnavailable
from bot.live.frames import Frame
from bot.live.gateway import Gateway
from bot.live.rounds import repeat
from bot.ports import AgentDesk, DeskLinks, Memory
from bot.workers.desk_sync.inbox import DeskInbox
from bot.workers.desk_sync.outbox import DeskOutbox

logger = logging.getLogger(__name__)

COUNT_SECONDS = 30.0
# Least time between two notices that a visitor types.
TYPING_SECONDS = 4.0
STAFFING = "staffing"


class DeskSync:
    """The worker of `desk`, whose agents read `language`."""

    def __init__(self, gateway: Gateway, desk: AgentDesk, links: DeskLinks, memory: Memory, language: str) -> None:
        self.desk = desk
        self._memory = memory
        self._outbox = DeskOutbox(gateway, desk, links, language)
        self._inbox = DeskInbox(gateway, desk, links, memory, self._outbox)
        self._typed: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        gateway.pubsub.on_transient.append(self._on_transient)

    async def run(self) -> None:
        """Run until cancelled."""
        count = repeat(self._count, COUNT_SECONDS, "store how many agents are online")
        await asyncio.gather(self._outbox.run(), self._inbox.run(), count)

    async def _count(self) -> None:
        """Store the number of agents online (`None`: unknown) in the memory `staffing`, from which visitors are told
        what to expect."""
        try:
            online = await self.desk.online()
        except DeskUnavailable:
            online = None
        except Exception:  # the edge: unknown is an answer, too
            logger.exception("The agents could not be counted.")
            online = None
        await asyncio.to_thread(self._memory.remember, STAFFING, {"desk": self.desk.name, "online": online})

    def _on_transient(self, conversation_id: str, frame: Frame) -> None:
        """Show the agents that the visitor types."""
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
            return  # not worth a retry
        except Exception:  # the edge
            logger.exception("Typing could not be shown.")
