"""The desks that `KILAT_DESK` and `KILAT_TICKETS` choose from, each with its folder beside this file.

A desk's `from_environment` reads its own settings, and raises `ConfigurationError` for one that is missing or wrong.
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


# By `KILAT_DESK`; `console` is none of them.
AGENT_DESKS: Mapping[str, type[_AgentDesk]] = {
    "matrix": MatrixDesk,
    "chatwoot": ChatwootDesk,
    "zendesk": ZendeskMessagingDesk,
}
# By `KILAT_TICKETS`; with `sql` tickets go to a mailbox, too, where one is set.
TICKET_DESKS: Mapping[str, type[_TicketDesk]] = {
    SQL: MailDesk,
    "rt": RequestTrackerDesk,
    "zendesk": ZendeskSupportDesk,
}


def agent_desk(environ: Mapping[str, str], phrases: Mapping[str, str], largest: int) -> AgentDesk | None:
    """The desk that `KILAT_DESK` names; `None` while agents work at the console alone. `phrases` are for its agents,
    `largest` is that of a file in bytes."""
    choice = environ.get("KILAT_DESK") or CONSOLE
    if choice == CONSOLE:
        return None
    if choice not in AGENT_DESKS:
        raise ConfigurationError(f"KILAT_DESK: {choice!r} is none of {', '.join((CONSOLE, *AGENT_DESKS))}")
    return AGENT_DESKS[choice].from_environment(environ, phrases, largest)


def ticket_desk(environ: Mapping[str, str]) -> TicketDesk | None:
    """The desk that `KILAT_TICKETS` names; `None` while tickets stay in Kilat's own database alone."""
    choice = environ.get("KILAT_TICKETS") or SQL
    if choice not in TICKET_DESKS:
        raise ConfigurationError(f"KILAT_TICKETS: {choice!r} is none of {', '.join(TICKET_DESKS)}")
    return TICKET_DESKS[choice].from_environment(environ)
