"""The desks where tickets are worked on; `KILAT_TICKETS` chooses."""

from __future__ import annotations

from collections.abc import Mapping

from bot.adapters.desks.mail.desk import MailDesk, MailSettings
from bot.adapters.desks.request_tracker.desk import RtDesk, RtSettings
from bot.adapters.desks.zendesk_support.desk import ZendeskSettings, ZendeskTickets
from bot.core.errors import ConfigurationError
from bot.ports import TicketDesk

CHOICES = ("sql", "rt", "zendesk")


def ticket_desk(environ: Mapping[str, str]) -> TicketDesk | None:
    """The desk that the settings name; `None` while tickets stay in Kilat's own database alone."""
    choice = environ.get("KILAT_TICKETS") or "sql"
    if choice == "rt":
        return RtDesk(RtSettings.from_environment(environ))
    if choice == "zendesk":
        return ZendeskTickets(ZendeskSettings.from_environment(environ))
    if choice != "sql":
        raise ConfigurationError(f"KILAT_TICKETS: {choice!r} is none of {', '.join(CHOICES)}")
    mail = MailSettings.from_environment(environ)
    return MailDesk(mail) if mail else None
