"""From an outside desk to the log: does what its agents did as `CaseActions`, under their names.

How far the desk was read is stored after what it told was done. After a crash some of it is told again: every step
carries the event's id, and the log does it once.
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
# Between two questions, when the desk answers at once that there is nothing.
BREATH_SECONDS = 0.05
# Of a log, to find what was said already.
MOST_LOOKED_AT = 500
# An agent may be faster with a case than we with noting its name.
PATIENT_SECONDS = 5.0

Step = Callable[[], Awaitable[object]]


class DeskInbox:
    """Does on the floor what the agents of `desk` do there, one event after the other."""

    def __init__(self, gateway: Gateway, desk: AgentDesk, links: DeskLinks, memory: Memory, outbox: DeskOutbox) -> None:
        self._gateway = gateway
        self._desk = desk
        self._links = links
        self._memory = memory
        self._outbox = outbox
        self._name = f"desk:{desk.name}"

    async def run(self) -> None:
        """Ask for news, for ever."""
        await self._outbox.is_ready.wait()
        failures = 0
        cursor: str | None = None
        knows = False
        while True:
            try:
                if not knows:
                    cursor, knows = await asyncio.to_thread(self._memory.recall, self._name), True
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
                    logger.warning("The desk %s tells nothing; it is asked again: %s", self._desk.name, error)
                wait = error.retry_after or min(RETRY_SECONDS * 2**failures, LONGEST_RETRY_SECONDS)
            except StoreUnavailable:
                wait = RETRY_SECONDS
            except Exception:  # the edge: the desk is asked again
                logger.exception("The news of the desk could not be read.")
                wait = RETRY_SECONDS
            failures += 1
            await asyncio.sleep(wait)

    async def _do_until_stored(self, event: DeskEvent) -> None:
        """Do it; as long as the store or the desk is away, nothing that came later is done before it."""
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
        # What no words may hold would break the conversation of those who read it.
        text = clean(event.text)
        if event.kind == "message" and event.text and not text:
            return
        event = replace(event, text=text)
        link = await self._link(event.ref)
        conversation = await asyncio.to_thread(self._gateway.conversations.get, link.conversation_id) if link else None
        if link is None or conversation is None:
            logger.warning("The desk %s speaks of a case that nobody knows.", self._desk.name)
        elif event.kind == "failed":
            logger.warning("The desk %s could not take a case: %s", self._desk.name, event.text)
        elif event.agent is None and conversation.agent is None and event.kind != "closed":
            logger.warning("The desk %s does not tell who did it: %s", self._desk.name, event.kind)
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
        """Who did it; where the desk does not tell, whoever has the case there, or somebody."""
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
        """It is said in an old case, while the visitor has another by now: nothing happens to that one. What was done
        before the old one ended is told again after a crash, and needs no word."""
        if event.kind in ("message", "file"):
            entries = await asyncio.to_thread(
                self._gateway.conversations.entries, conversation_id, limit=MOST_LOOKED_AT
            )
            if client_id(self._desk.name, event.id) not in [entry.client_id for entry in entries]:
                await self._desk.refuse(event.ref, event.id, "over")

    async def _act(self, event: DeskEvent, conversation: Conversation, agent: Agent) -> None:
        step = self._step(event, conversation, agent)
        # First without a word on who has it: an event that was done already is known by its id, whoever has it now.
        try:
            await step()
        except NotCaseOwner:
            if event.kind == "accepted":
                await self._take_over(conversation.id, agent, client_id(self._desk.name, event.id))
            else:
                await self._hold(conversation.id, agent, client_id(self._desk.name, event.id))
            await step()

    def _step(self, event: DeskEvent, conversation: Conversation, agent: Agent) -> Step:
        case_actions, id_ = self._gateway.case_actions, client_id(self._desk.name, event.id)

        async def show() -> object:
            if not event.file:
                raise FrameError("file_gone", "the desk has it no more, or not for Kilat")
            file = await keep(self._gateway, conversation.id, id_, event.text, event.file)
            return await case_actions.show(conversation.id, agent, file, id_)

        steps: dict[str, Step] = {
            "accepted": lambda: case_actions.take(conversation.id, agent, f"{id_}:in"),
            "message": lambda: case_actions.say(conversation.id, agent, event.text, id_),
            "file": show,
            "transferred": lambda: case_actions.transfer(
                conversation.id, agent, Destination(event.tier), event.text, id_
            ),
            "returned": lambda: case_actions.give_back(conversation.id, agent, id_),
            "closed": lambda: case_actions.close(conversation.id, agent, _reason(event.text), id_),
        }
        return steps[event.kind]

    async def _hold(self, conversation_id: str, agent: Agent, id_: str) -> None:
        """Whoever answers has the case."""
        try:
            await self._gateway.case_actions.take(conversation_id, agent, f"{id_}:in")
        except NotCaseOwner:
            await self._take_over(conversation_id, agent, id_)
            await self._gateway.case_actions.take(conversation_id, agent, f"{id_}:in")

    async def _take_over(self, conversation_id: str, agent: Agent, id_: str) -> None:
        """From a colleague at the same desk; who has it elsewhere keeps it."""
        conversation = await asyncio.to_thread(self._gateway.conversations.get, conversation_id)
        if conversation is None or conversation.status is not Status.CONNECTED or conversation.agent is None:
            raise NotCaseOwner("nobody has it, and it does not wait")
        if not is_of(self._desk.name, conversation.agent):
            raise NotCaseOwner("somebody outside of this desk has it")
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
    """The reason as an agent of the console would choose it. One that was not told counts as no success."""
    return next((reason for reason in REASONS if reason.value == text), Outcome.UNSOLVED)
