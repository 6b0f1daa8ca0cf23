"""What an agent does with cases, through the floor: may they, and what the console is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.core.case import CaseState
from bot.core.case_access import is_leader, may_take
from bot.core.conversation import Agent, Changed, Chat, Destination
from bot.live.case_actions import NoSay
from bot.live.console.case_access import not_allowed, reach
from bot.live.console.console_hub import Desk
from bot.live.console.frames import Asked
from bot.live.console.serializers import at
from bot.live.frames import Frame, FrameError
from bot.live.visitor_subscription import PAGE
from bot.ports import AgentAccount, Case

Step = Callable[[AgentAccount, Asked], Awaitable[Frame]]


class Work:
    """The steps by the type of their frame. Each takes who asks and what, and gives what `done` brings; it raises
    `FrameError`, `NoSay` and `StoreUnavailable`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._cases = desk.gateway.cases
        self._floor = desk.gateway.floor
        self.steps: Mapping[str, Step] = {
            "next": self._next, "take": self._take, "assign": self._assign, "say": self._say, "note": self._note,
            "typing": self._typing, "read": self._read, "transfer": self._transfer, "give_back": self._give_back,
            "ticket": self._ticket, "close": self._close,
        }

    async def _next(self, account: AgentAccount, _asked: Asked) -> Frame:
        async with self._desk.lock(account.id):
            await self._must_have_room(account)
            chat = await self._floor.next(account)
        return {"conversation": chat.id if chat else None}

    async def _take(self, account: AgentAccount, asked: Asked) -> Frame:
        async with self._desk.lock(account.id):
            case = await self._case(account, asked.conversation)
            if case.state is not CaseState.TAKEN or case.agent != account.id:
                if not may_take(account, case):
                    raise not_allowed(account, "the case is kept for somebody else")
                await self._must_have_room(account)
            step = self._floor.take(asked.conversation, _as_agent(account))
            await self._unless_taken(asked.conversation, account, step)
        return {"conversation": asked.conversation}

    async def _assign(self, account: AgentAccount, asked: Asked) -> Frame:
        if not is_leader(account):
            raise not_allowed(account, "only leads and admins give cases to others")
        to = await self._colleague(asked.values["agent"])
        await self._case(account, asked.conversation)
        step = self._floor.assign(asked.conversation, _as_agent(account), _as_agent(to))
        changed = await self._unless_taken(asked.conversation, to, step)
        if changed.is_new and to.id != account.id:
            self._desk.ring(to.id, "assigned", asked.conversation)
        return {"conversation": asked.conversation}

    async def _say(self, account: AgentAccount, asked: Asked) -> Frame:
        changed = await self._floor.say(asked.conversation, _as_agent(account), asked.values["text"], asked.client_id)
        return said(changed)

    async def _note(self, account: AgentAccount, asked: Asked) -> Frame:
        await self._case(account, asked.conversation)
        await self._floor.note(asked.conversation, _as_agent(account), asked.values["text"], asked.client_id)
        return {"client_id": asked.client_id}

    async def _typing(self, account: AgentAccount, asked: Asked) -> Frame:
        holder = self._desk.gateway.hub.agent_of(asked.conversation)
        if holder is not None and holder.id == account.id:
            self._floor.typing(asked.conversation, _as_agent(account), asked.values["on"])
        return {}

    async def _read(self, account: AgentAccount, asked: Asked) -> Frame:
        self._desk.saw(account.id, asked.conversation, asked.values["seq"])
        return {}

    async def _transfer(self, account: AgentAccount, asked: Asked) -> Frame:
        to: Destination = asked.values["to"]
        if to.agent:
            await self._colleague(to.agent)
        values = asked.values
        await self._floor.transfer(asked.conversation, _as_agent(account), to, values["reason"], values["client_id"])
        return {}

    async def _give_back(self, account: AgentAccount, asked: Asked) -> Frame:
        await self._floor.give_back(asked.conversation, _as_agent(account), asked.values["client_id"])
        return {}

    async def _ticket(self, account: AgentAccount, asked: Asked) -> Frame:
        try:
            await self._floor.ticket(
                asked.conversation, _as_agent(account), asked.values["values"], asked.client_id)
        except NoSay:
            # Perhaps it was made, and only the answer got lost.
            entries = await asyncio.to_thread(
                self._desk.gateway.conversations.entries, asked.conversation, limit=PAGE)
            if asked.client_id not in [entry.client_id for entry in entries]:
                raise
        return {"client_id": asked.client_id}

    async def _close(self, account: AgentAccount, asked: Asked) -> Frame:
        values = asked.values
        await self._floor.close(asked.conversation, _as_agent(account), values["reason"], values["client_id"])
        return {}

    async def _unless_taken(self, conversation: str, account: AgentAccount, step: Awaitable[Changed]) -> Changed:
        """What comes of a step that gives the case to `account`; `FrameError` when somebody else was faster."""
        try:
            return await step
        except NoSay:
            chat = await self._chat(conversation)
            if chat.agent is not None and chat.agent.id != account.id:
                raise FrameError("taken", "somebody else has it") from None
            raise

    async def _must_have_room(self, account: AgentAccount) -> None:
        if len(await asyncio.to_thread(self._cases.of_agent, account.id)) >= account.capacity:
            raise FrameError("at_capacity", f"{account.capacity} cases at once, and no more")

    async def _case(self, account: AgentAccount, conversation: str) -> Case:
        """The newest case, for an agent who may see it."""
        return (await asyncio.to_thread(reach, self._cases, account, conversation))[0]

    async def _chat(self, conversation: str) -> Chat:
        chat = await asyncio.to_thread(self._desk.gateway.conversations.get, conversation)
        if chat is None:
            raise FrameError("unknown", "there is no such conversation")
        return chat

    async def _colleague(self, agent: str) -> AgentAccount:
        account = await asyncio.to_thread(self._desk.agents.get, agent)
        if account is None or not account.is_active:
            raise FrameError("unknown", "there is no such agent")
        return account


def said(changed: Changed) -> dict[str, Any]:
    """What `done` brings of something said to the visitor."""
    entry = changed.entries[0]
    return {"client_id": entry.client_id, "seq": entry.seq, "at": at(entry.at)}


def _as_agent(account: AgentAccount) -> Agent:
    return Agent(account.id, account.name)
