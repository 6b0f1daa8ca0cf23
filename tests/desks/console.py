"""The console as a desk: agents work on the floor itself, so what they see is the log."""

from __future__ import annotations

import uuid
from typing import Any

from desks.house import House

from bot.core.case import CaseState, Outcome
from bot.core.conversation import Agent, Author, Destination, Status
from bot.live.conversation_files import keep
from bot.ports import AgentDesk


class Console:
    """See `AgentDriver`."""

    def __init__(self) -> None:
        self._house: House

    def desk(self) -> AgentDesk | None:
        """See `AgentDriver`."""
        return None

    def attach(self, house: House) -> None:
        """See `AgentDriver`."""
        self._house = house

    def cases(self) -> list[str]:
        """See `AgentDriver`."""
        return [case.number for case in self._house.gateway.cases.open()]

    def seen(self, case: str) -> list[str]:
        """See `AgentDriver`."""
        entries = self._house.gateway.conversations.entries(self._conversation_id(case), limit=1000)
        return [entry.body.get("text", "") for entry in entries if entry.author is not Author.AGENT]

    def files(self, case: str) -> list[tuple[str, bytes]]:
        """See `AgentDriver`."""
        conversation_id, gateway = self._conversation_id(case), self._house.gateway
        shown = [entry.body["file"] for entry in gateway.conversations.entries(conversation_id, limit=1000)
                 if entry.author is Author.VISITOR and "file" in entry.body]
        return [(file["name"], gateway.files.load(conversation_id, file["id"]) or b"") for file in shown]

    def sees_typing(self, case: str) -> bool:
        """See `AgentDriver`."""
        conversation_id = self._conversation_id(case)
        return any(told == conversation_id and frame["type"] == "typing" and frame["author"] == "visitor"
                   for told, frame in self._house.passing)

    def is_over(self, case: str) -> bool:
        """See `AgentDriver`."""
        return self._house.case(case).state is CaseState.CLOSED

    def accept(self, case: str, agent: str) -> None:
        """See `AgentDriver`."""
        self._do(self._house.gateway.case_actions.take, case, agent)

    def say(self, case: str, agent: str, text: str) -> None:
        """See `AgentDriver`: at the console one takes a case first."""
        self._take(case, agent)
        self._do(self._house.gateway.case_actions.say, case, agent, text, str(uuid.uuid4()))

    def note(self, case: str, agent: str, text: str) -> None:
        """See `AgentDriver`."""
        self._do(self._house.gateway.case_actions.note, case, agent, text, str(uuid.uuid4()))

    def show(self, case: str, agent: str, name: str, content: bytes) -> None:
        """See `AgentDriver`."""
        self._take(case, agent)
        file = self._call(keep, self._house.gateway, self._conversation_id(case), str(uuid.uuid4()), name, content)
        self._do(self._house.gateway.case_actions.show, case, agent, file, str(uuid.uuid4()))

    def type(self, case: str, agent: str) -> None:
        """See `AgentDriver`."""
        self._house.gateway.case_actions.typing(self._conversation_id(case), _agent(agent), True)

    def transfer(self, case: str, agent: str, tier: int) -> None:
        """See `AgentDriver`."""
        self._do(self._house.gateway.case_actions.transfer, case, agent, Destination(tier))

    def give_back(self, case: str, agent: str) -> None:
        """See `AgentDriver`."""
        self._do(self._house.gateway.case_actions.give_back, case, agent)

    def close(self, case: str, agent: str, reason: str) -> None:
        """See `AgentDriver`."""
        self._do(self._house.gateway.case_actions.close, case, agent, Outcome(reason))

    def go_away(self) -> None:
        """See `AgentDriver`: it is in the gateway."""

    def come_back(self) -> None:
        """See `AgentDriver`."""

    def _take(self, case: str, agent: str) -> None:
        conversation = self._house.gateway.conversations.get(self._conversation_id(case))
        if conversation and conversation.status in (Status.QUEUED, Status.TRANSFERRED):
            self._do(self._house.gateway.case_actions.take, case, agent)

    def _do(self, what: Any, case: str, agent: str, *rest: Any) -> None:
        self._call(what, self._conversation_id(case), _agent(agent), *rest)

    def _call(self, what: Any, *arguments: Any) -> Any:
        portal = self._house.http.portal
        assert portal is not None
        return portal.call(what, *arguments)

    def _conversation_id(self, number: str) -> str:
        return self._house.conversation_of(number)


def _agent(name: str) -> Agent:
    return Agent(f"a_{name}", name.title())
