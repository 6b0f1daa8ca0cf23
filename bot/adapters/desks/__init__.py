"""Desks outside of Kilat where people answer, one file a desk; `KILAT_DESK` chooses."""

from __future__ import annotations

from collections.abc import Mapping

from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.matrix import MatrixDesk, MatrixSettings
from bot.adapters.desks.settings import ChatwootSettings, ZendeskSettings
from bot.adapters.desks.zendesk_messaging.desk import ZendeskDesk
from bot.core.errors import ConfigurationError
from bot.ports import AgentDesk

CHOICES = ("console", "matrix", "chatwoot", "zendesk")


def agent_desk(environ: Mapping[str, str], phrases: Mapping[str, str], largest: int) -> AgentDesk | None:
    """The desk that the settings name; `None` while agents work at the console alone. `phrases` are for its agents,
    `largest` is that of a file in bytes."""
    choice = environ.get("KILAT_DESK") or "console"
    if choice == "matrix":
        return MatrixDesk(MatrixSettings.from_environment(environ), phrases, largest)
    if choice == "chatwoot":
        return ChatwootDesk(ChatwootSettings.from_environment(environ), phrases, largest)
    if choice == "zendesk":
        return ZendeskDesk(ZendeskSettings.from_environment(environ), phrases, largest)
    if choice != "console":
        raise ConfigurationError(f"KILAT_DESK: {choice!r} is none of {', '.join(CHOICES)}")
    return None
