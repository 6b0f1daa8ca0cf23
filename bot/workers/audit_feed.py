"""What the audit log records stands in the log of the processes, too, whichever process recorded it: there it leaves
the database, and who can change the one may not reach the other.

Logs name no login: an agent stands there by the id of the account.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.core.errors import StoreUnavailable
from bot.ports import Agents, Audit, AuditEntry, AuditQuery

logger = logging.getLogger(__name__)

ROUND_SECONDS = 2.0
# At the start those of the last hour are told, for nobody may have told them; twice does no harm, they have numbers.
AT_THE_START = timedelta(hours=1)
# What another process has recorded may be seen later than what came after it.
OVERLAP = timedelta(minutes=1)
_PAGE = 500


async def follow_audit_log(audit: Audit, agents: Agents, now: Callable[[], datetime]) -> None:
    """For ever: a line for each entry, in their order."""
    since, known = now() - AT_THE_START, set[int]()
    while True:
        try:
            entries = await asyncio.to_thread(_since, audit, since - OVERLAP)
            new = [entry for entry in entries if entry.id not in known]
            names = {one.login: one.id for one in await asyncio.to_thread(agents.all)} if new else {}
            for entry in new:
                logger.info("%s", _line(entry, names))
            known = {entry.id for entry in entries}
            since = max((entry.at for entry in entries), default=since)
        except StoreUnavailable:
            logger.warning("The store did not answer; what was recorded is told later.")
        except Exception:  # the edge: the rounds go on
            logger.exception("What was recorded could not be told.")
        await asyncio.sleep(ROUND_SECONDS)


def _since(audit: Audit, at: datetime) -> list[AuditEntry]:
    """The entries from `at` on, the oldest first."""
    found: list[AuditEntry] = []
    while page := audit.read(AuditQuery(since=at), before=found[-1].id if found else None, limit=_PAGE):
        found += page
    return found[::-1]


def _line(entry: AuditEntry, names: Mapping[str, str]) -> str:
    event = entry.event
    parts = [f"Audit {entry.id}: {event.action.value} by {names.get(event.actor, event.actor)}"]
    if event.subject not in ("", event.actor):
        parts.append(f"to {names.get(event.subject, event.subject)}")
    if event.address:
        parts.append(f"from {event.address}")
    parts += [f"{name}={value}" for name, value in event.details.items()]
    return ", ".join([*parts, f"at {entry.at.isoformat(timespec='milliseconds')}"])
