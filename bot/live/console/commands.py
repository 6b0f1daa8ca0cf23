"""Handles the console's frames that act on cases: checks permissions, calls `CaseActions`, builds the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from bot.core.case import CaseState
from bot.core.case_access import is_leader, may_take
from bot.core.conversation import Agent, Changed, Conversation, Destination
from bot.live.case_actions import NotCaseOwner
from bot.live.console.case_access import not_allowed, reach
from bot.live.console.console_hub import ConsoleHub
from bot.live.console.frames import ConsoleRequest
from bot.live.console.serializers import at
from bot.live.frames import Frame, FrameError
from bot.live.visitor_subscription import PAGE
from bot.ports import AgentAccount, Case

Step = Callable[[AgentAccount, ConsoleRequest], Awaitable[Frame]]


class ConsoleCommands:
    """The steps by the type of their frame. Each takes the agent and the request, and gives the fields of `done`; it
    raises `FrameError`, `NotCaseOwner` and `StoreUnavailable`."""

    def __init__(self, hub: ConsoleHub) -> None:
        self._hub = hub
        self._cases = hub.gateway.cases
        self._case_actions = hub.gateway.case_actions
        self.steps: Mapping[str, Step] = {
            "next": self._next, "take": self._take, "assign": self._assign, "say": self._say, "note": self._note,
            "typing": self._typing, "read": self._read, "transfer": self._transfer, "give_back": self._give_back,
            "ticket": self._ticket, "close": self._close,
        }

    async def _next(self, account: AgentAccount, _asked: ConsoleRequest) -> Frame:
        async with self._hub.lock(account.id):
            await self._must_have_room(account)
            conversation = await self._case_actions.next(account)
        return {"conversation": conversation.id if conversation else None}

    async def _take(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        async with self._hub.lock(account.id):
            case = await self._case(account, asked.conversation_id)
            if case.state is not CaseState.TAKEN or case.agent != account.id:
                if not may_take(account, case):
                    raise not_allowed(account, "the case is reserved for another agent")
                await self._must_have_room(account)
            step = self._case_actions.take(asked.conversation_id, _as_agent(account))
            await self._unless_taken(asked.conversation_id, account, step)
        return {"conversation": asked.conversation_id}

    async def _assign(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        if not is_leader(account):
            raise not_allowed(account, "only leads and admins give cases to others")
        to = await self._colleague(asked.values["agent"])
        await self._case(account, asked.conversation_id)
        step = self._case_actions.assign(asked.conversation_id, _as_agent(account), _as_agent(to))
        changed = await self._unless_taken(asked.conversation_id, to, step)
        if changed.is_new and to.id != account.id:
            self._hub.alert(to.id, "assigned", asked.conversation_id)
        return {"conversation": asked.conversation_id}

    async def _say(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        return said(await self._case_actions.say(
            asked.conversation_id, _as_agent(account), asked.values["text"], asked.client_id))

    async def _note(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        await self._case(account, asked.conversation_id)
        await self._case_actions.note(asked.conversation_id, _as_agent(account), asked.values["text"], asked.client_id)
        return {"client_id": asked.client_id}

    async def _typing(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        holder = self._hub.gateway.pubsub.agent_of(asked.conversation_id)
        if holder is not None and holder.id == account.id:
            self._case_actions.typing(asked.conversation_id, _as_agent(account), asked.values["on"])
        return {}

    async def _read(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        self._hub.mark_read(account.id, asked.conversation_id, asked.values["seq"])
        return {}

    async def _transfer(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        values, to = asked.values, cast(Destination, asked.values["to"])
        if to.agent:
            await self._colleague(to.agent)
        await self._case_actions.transfer(
            asked.conversation_id, _as_agent(account), to, values["reason"], values["client_id"])
        return {}

    async def _give_back(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        await self._case_actions.give_back(asked.conversation_id, _as_agent(account), asked.values["client_id"])
        return {}

    async def _ticket(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        try:
            await self._case_actions.ticket(
                asked.conversation_id, _as_agent(account), asked.values["values"], asked.client_id)
        except NotCaseOwner:
            # Perhaps the ticket was stored, and only the answer was lost.
            read = self._hub.gateway.conversations.entries
            entries = await asyncio.to_thread(read, asked.conversation_id, limit=PAGE)
            if asked.client_id not in [entry.client_id for entry in entries]:
                raise
        return {"client_id": asked.client_id}

    async def _close(self, account: AgentAccount, asked: ConsoleRequest) -> Frame:
        values = asked.values
        await self._case_actions.close(asked.conversation_id, _as_agent(account), values["reason"], values["client_id"])
        return {}

    async def _unless_taken(self, conversation_id: str, account: AgentAccount, step: Awaitable[Changed]) -> Changed:
        """The result of a step that gives the case to `account`; `FrameError` when another agent was faster."""
        try:
            return await step
        except NotCaseOwner:
            conversation = await self._conversation(conversation_id)
            if conversation.agent is not None and conversation.agent.id != account.id:
                raise FrameError("taken", "another agent has the case") from None
            raise

    async def _must_have_room(self, account: AgentAccount) -> None:
        if len(await asyncio.to_thread(self._cases.of_agent, account.id)) >= account.capacity:
            raise FrameError("at_capacity", f"{account.capacity} cases at once, and no more")

    async def _case(self, account: AgentAccount, conversation_id: str) -> Case:
        """The newest case, for an agent who may see it."""
        return (await asyncio.to_thread(reach, self._cases, account, conversation_id))[0]

    async def _conversation(self, conversation_id: str) -> Conversation:
        conversation = await asyncio.to_thread(self._hub.gateway.conversations.get, conversation_id)
        if conversation is None:
            raise FrameError("unknown", "there is no such conversation")
        return conversation

    async def _colleague(self, agent: str) -> AgentAccount:
        account = await asyncio.to_thread(self._hub.agents.get, agent)
        if account is None or not account.is_active:
            raise FrameError("unknown", "there is no such agent")
        return account


def said(changed: Changed) -> dict[str, Any]:
    """The fields of `done` for an entry that was said to the visitor."""
    entry = changed.entries[0]
    return {"client_id": entry.client_id, "seq": entry.seq, "at": at(entry.at)}


def _as_agent(account: AgentAccount) -> Agent:
    return Agent(account.id, account.name)
