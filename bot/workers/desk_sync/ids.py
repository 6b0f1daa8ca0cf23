"""Ids in the log for the events and the agents of an outside desk: the desk's name, a colon, the desk's own id."""

from __future__ import annotations

import hashlib

from bot.adapters.input_validation import clean
from bot.core.conversation import Agent

# Characters that the log stores (`bot.adapters.sql.tables`), less the room for a step's suffix.
LONGEST = 56


def client_id(desk: str, event: str) -> str:
    """The id for an event, or an agent, of `desk`; a hash where it would be too long."""
    event = event.encode(errors="replace").decode()  # half a surrogate pair can't be stored
    full = f"{desk}:{event}"
    return full if len(full) <= LONGEST else f"{desk}:{hashlib.sha256(event.encode()).hexdigest()[:40]}"


def agent_of(desk: str, agent: Agent) -> Agent:
    """An agent of `desk`, with an id that no agent of the console has."""
    return Agent(client_id(desk, agent.id.removeprefix(f"{desk}:")), clean(agent.name) or desk)


def is_of(desk: str, agent: Agent) -> bool:
    """True for an agent of `desk`."""
    return agent.id.startswith(f"{desk}:")
