"""The desks that `KILAT_DESK` and `KILAT_TICKETS` name, each in a folder beside this file.

A desk's `from_environment` reads the desk's settings. It raises `ConfigurationError` for a missing or wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.mail.desk import MailDesk
from bot.adapters.desks.matrix.desk import MatrixDesk
from bot.adapters.desks.request_tracker.desk import RequestTrackerDesk
from bot.adapters.desks.zendesk_messaging.desk import ZendeskMessagingDesk
from bot.adapters.desks.zendesk_support.desk import ZendeskSupportDesk
from bot.core.errors import ConfigurationError
from bot.ports import AgentDesk, TicketDesk

CONSOLE, SQL = "console", "sql"


class _AgentDesk(AgentDesk, Protocol):
    @classmethod
    def from_environment(cls, environ: Mapping[str, str], phrases: Mapping[str, str], largest: int) -> AgentDesk: ...


class _TicketDesk(TicketDesk, Protocol):
    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> TicketDesk | None: ...


# By the value of `KILAT_DESK`.
AGENT_DESKS: Mapping[str, type[_AgentDesk]] = {
    "matrix": MatrixDesk, "chatwoot": ChatwootDesk, "zendesk": ZendeskMessagingDesk}
# By the value of `KILAT_TICKETS`. With `sql`, tickets also go to a mailbox if one is set.
TICKET_DESKS: Mapping[str, type[_TicketDesk]] = {
    SQL: MailDesk, "rt": RequestTrackerDesk, "zendesk": ZendeskSupportDesk}


def agent_desk(environ: Mapping[str, str], phrases: Mapping[str, str], largest: int) -> AgentDesk | None:
    """The desk that `KILAT_DESK` names; `None` for the console. `phrases` are for its agents; agents' files may have
    `largest` bytes. Raises `ConfigurationError`."""
    choice = environ.get("KILAT_DESK") or CONSOLE
    if choice == CONSOLE:
        return None
    if choice not in AGENT_DESKS:
        raise ConfigurationError(f"KILAT_DESK: {choice!r} is none of {', '.join((CONSOLE, *AGENT_DESKS))}")
    return AGENT_DESKS[choice].from_environment(environ, phrases, largest)


def ticket_desk(environ: Mapping[str, str]) -> TicketDesk | None:
    """The desk that `KILAT_TICKETS` names; `None`: tickets stay in Kilat's database. Raises `ConfigurationError`."""
    choice = environ.get("KILAT_TICKETS") or SQL
    if choice not in TICKET_DESKS:
        raise ConfigurationError(f"KILAT_TICKETS: {choice!r} is none of {', '.join(TICKET_DESKS)}")
    return TICKET_DESKS[choice].from_environment(environ)
