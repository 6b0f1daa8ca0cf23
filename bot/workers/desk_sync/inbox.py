"""From an outside desk to the log: repeats what its agents did as `CaseActions`, under their names.

The cursor is stored after the events before it were done. After a crash some events come again: every step carries the
event's id, and the log does it once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.adapters.input_validation import clean
from bot.core.case import REASONS, Outcome
from bot.core.conversation import Agent, Conversation, Destination, Status
from bot.core.errors import DeskUnavailable, StoreUnavailable
from bot.live.case_actions import NotCaseOwner
from bot.live.conversation_files import keep
from bot.live.frames import FrameError
from bot.live.gateway import Gateway
from bot.ports import AgentDesk, DeskEvent, DeskLink, DeskLinks, Memory
from bot.workers.desk_sync.ids import agent_of, client_id, is_of
from bot.workers.desk_sync.outbox import DeskOutbox

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 15.0
# Between two requests for news, for a desk that answers at once that there is none.
BREATH_SECONDS = 0.05
# Newest entries of a log that are searched for an event.
MOST_LOOKED_AT = 500
# An agent may act on a case before its name at the desk is stored here.
PATIENT_SECONDS = 5.0

Step = Callable[[], Awaitable[object]]


class DeskInbox:
    """Does what the agents of `desk` did, one event after the other."""

    def __init__(self, gateway: Gateway, desk: AgentDesk, links: DeskLinks, memory: Memory, outbox: DeskOutbox) -> None:
        self._gateway = gateway
        self._desk = desk
        self._links = links
        self._memory = memory
        self._outbox = outbox
        self._name = f"desk:{desk.name}"

    async def run(self) -> None:
        """Ask the desk for news, for ever."""
        await self._outbox.is_ready.wait()
        failures = 0
        cursor: str | None = None
        has_cursor = False
        while True:
            try:
                if not has_cursor:
                    cursor, has_cursor = await asyncio.to_thread(self._memory.recall, self._name), True
                news = await self._desk.news(cursor, self._outbox.refs())
                for event in news.events:
                    await self._do_until_stored(event)
                if news.cursor != cursor:
                    await asyncio.to_thread(self._memory.remember, self._name, news.cursor)
                    cursor = news.cursor
                failures = 0
                await asyncio.sleep(0 if news.events else BREATH_SECONDS)
                continue
            except DeskUnavailable as error:
                if not failures:
                    logger.warning("The desk %s did not answer; the next request follows: %s", self._desk.name, error)
                wait = error.retry_after or min(RETRY_SECONDS * 2**failures, LONGEST_RETRY_SECONDS)
            except StoreUnavailable:
                wait = RETRY_SECONDS
            except Exception:  # the edge: the desk is asked again
                logger.exception("The news of the desk could not be read.")
                wait = RETRY_SECONDS
            failures += 1
            await asyncio.sleep(wait)

    async def _do_until_stored(self, event: DeskEvent) -> None:
        """Do the event. While the database or the desk is away, retry, and hold up the later events."""
        while True:
            try:
                await self._do(event)
                return
            except (StoreUnavailable, DeskUnavailable) as error:
                logger.warning("An event of the desk waits: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:  # the edge: one event that always breaks must not stop all others
                logger.exception("An event of the desk could not be done: %s", event.kind)
                return

    async def _do(self, event: DeskEvent) -> None:
        # Unclean text would break the conversation for its readers.
        text = clean(event.text)
        if event.kind == "message" and event.text and not text:
            return
        event = replace(event, text=text)
        link = await self._link(event.ref)
        conversation = await asyncio.to_thread(self._gateway.conversations.get, link.conversation_id) if link else None
        if link is None or conversation is None:
            logger.warning("The desk %s sent an event of an unknown case.", self._desk.name)
        elif event.kind == "failed":
            logger.warning("The desk %s could not take a case: %s", self._desk.name, event.text)
        elif event.agent is None and conversation.agent is None and event.kind != "closed":
            logger.warning("The desk %s sent an event without its agent: %s", self._desk.name, event.kind)
        elif not await self._is_newest(link):
            await self._decline_late(event, conversation.id)
        else:
            agent = await self._agent_of_event(event, conversation)
            if event.kind == "typing":
                if conversation.agent and conversation.agent.id == agent.id:
                    self._gateway.case_actions.typing(conversation.id, agent, bool(event.text))
                return
            try:
                await self._act(event, conversation, agent)
            except NotCaseOwner:
                await self._refuse(event, conversation.id)
            except FrameError as error:
                await self._desk.refuse(event.ref, event.id, error.code)

    async def _agent_of_event(self, event: DeskEvent, conversation: Conversation) -> Agent:
        """The agent of the event; if the desk names none, the agent who has the case there, else an unknown one."""
        if event.agent:
            return agent_of(self._desk.name, event.agent)
        if conversation.agent and (event.kind == "typing" or is_of(self._desk.name, conversation.agent)):
            return conversation.agent
        words = await asyncio.to_thread(self._gateway.responder.words, conversation.lang)
        return agent_of(self._desk.name, Agent("somebody", words.phrase("author_agent")))

    async def _is_newest(self, link: DeskLink) -> bool:
        cases = await asyncio.to_thread(self._gateway.cases.of_conversation, link.conversation_id)
        return bool(cases) and cases[0].id == link.case

    async def _decline_late(self, event: DeskEvent, conversation_id: str) -> None:
        """Refuse a message or a file of an old case, unless it was shown before that case ended: after a crash a desk
        sends events again. The visitor's new case is left alone."""
        if event.kind in ("message", "file"):
            entries = await asyncio.to_thread(
                self._gateway.conversations.entries, conversation_id, limit=MOST_LOOKED_AT)
            if client_id(self._desk.name, event.id) not in [entry.client_id for entry in entries]:
                await self._desk.refuse(event.ref, event.id, "over")

    async def _act(self, event: DeskEvent, conversation: Conversation, agent: Agent) -> None:
        id_ = client_id(self._desk.name, event.id)
        step = self._step(event, conversation, agent, id_)
        # Without asking who has the case: an event that was done already is known by its id, whoever has the case now.
        try:
            await step()
        except NotCaseOwner:
            if event.kind == "accepted":
                await self._take_over(conversation.id, agent, id_)
            else:
                await self._hold(conversation.id, agent, id_)
            await step()

    def _step(self, event: DeskEvent, conversation: Conversation, agent: Agent, id_: str) -> Step:
        case_actions = self._gateway.case_actions

        async def show() -> object:
            if not event.file:
                raise FrameError("file_gone", "the desk did not give the file")
            file = await keep(self._gateway, conversation.id, id_, event.text, event.file)
            return await case_actions.show(conversation.id, agent, file, id_)

        steps: dict[str, Step] = {
            "accepted": lambda: case_actions.take(conversation.id, agent, f"{id_}:in"),
            "message": lambda: case_actions.say(conversation.id, agent, event.text, id_),
            "file": show,
            "transferred": lambda: case_actions.transfer(
                conversation.id, agent, Destination(event.tier), event.text, id_),
            "returned": lambda: case_actions.give_back(conversation.id, agent, id_),
            "closed": lambda: case_actions.close(conversation.id, agent, _reason(event.text), id_),
        }
        return steps[event.kind]

    async def _hold(self, conversation_id: str, agent: Agent, id_: str) -> None:
        """Take the case, from a colleague if need be: the agent who answers has it."""
        try:
            await self._gateway.case_actions.take(conversation_id, agent, f"{id_}:in")
        except NotCaseOwner:
            await self._take_over(conversation_id, agent, id_)
            await self._gateway.case_actions.take(conversation_id, agent, f"{id_}:in")

    async def _take_over(self, conversation_id: str, agent: Agent, id_: str) -> None:
        """Transfer the case from a colleague at this desk; `NotCaseOwner` when no agent of this desk has it."""
        conversation = await asyncio.to_thread(self._gateway.conversations.get, conversation_id)
        if conversation is None or conversation.status is not Status.CONNECTED or conversation.agent is None:
            raise NotCaseOwner("nobody has the case, and it does not wait")
        if not is_of(self._desk.name, conversation.agent):
            raise NotCaseOwner("an agent outside of this desk has the case")
        if conversation.agent.id != agent.id:
            await self._gateway.case_actions.transfer(
                conversation_id, conversation.agent, Destination(agent=agent.id), client_id=f"{id_}:out")

    async def _refuse(self, event: DeskEvent, conversation_id: str) -> None:
        conversation = await asyncio.to_thread(self._gateway.conversations.get, conversation_id)
        why = "elsewhere" if conversation and conversation.agent else "over"
        await self._desk.refuse(event.ref, event.id, why)

    async def _link(self, ref: str) -> DeskLink | None:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENT_SECONDS
        while True:
            opens = self._outbox.opens
            link = await asyncio.to_thread(self._links.find, self._desk.name, ref)
            if link is not None or not opens or loop.time() > until:
                return link
            await asyncio.sleep(BREATH_SECONDS)


def _reason(text: str) -> Outcome:
    """The outcome of this name, `UNSOLVED` for an unknown one."""
    return next((reason for reason in REASONS if reason.value == text), Outcome.UNSOLVED)
