"""The names under which the log knows what an outside desk did, and who did it: with the desk's name before it."""

from __future__ import annotations

import hashlib

from bot.adapters.input_validation import clean
from bot.core.conversation import Agent

# As long as the log keeps them (`bot.adapters.sql.tables`), with room for a step's mark.
LONGEST = 56


def client_id(desk: str, event: str) -> str:
    """The `client_id` of an event."""
    return _named(desk, event)


def agent_of(desk: str, agent: Agent) -> Agent:
    """An agent there: never to be taken for one of the console."""
    return Agent(_named(desk, agent.id.removeprefix(f"{desk}:")), clean(agent.name) or desk)


def is_of(desk: str, agent: Agent) -> bool:
    """True for an agent there."""
    return agent.id.startswith(f"{desk}:")


def _named(desk: str, name: str) -> str:
    # Half of a character is not stored as one.
    name = name.encode(errors="replace").decode()
    full = f"{desk}:{name}"
    return full if len(full) <= LONGEST else f"{desk}:{hashlib.sha256(name.encode()).hexdigest()[:40]}"
