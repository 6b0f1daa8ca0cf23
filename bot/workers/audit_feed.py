"""Copies the audit log to the process's log, whichever process recorded an entry: somebody who can change the database
may not reach the logs.

Logs hold no login: an agent is named by the id of the account.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.live.rounds import repeat
from bot.ports import Agents, Audit, AuditEntry, AuditQuery

logger = logging.getLogger(__name__)

ROUND_SECONDS = 2.0
# The start logs the entries of the last hour: perhaps nobody did. Entries have numbers, so a repeated one is harmless.
AT_THE_START = timedelta(hours=1)
# An entry of another process may become visible after a later one.
OVERLAP = timedelta(minutes=1)
_PAGE = 500


async def follow_audit_log(audit: Audit, agents: Agents, now: Callable[[], datetime]) -> None:
    """Log a line for each new entry, in their order, for ever."""
    since, known = now() - AT_THE_START, set[int]()

    async def log_new() -> None:
        nonlocal since, known
        entries = await asyncio.to_thread(_since, audit, since - OVERLAP)
        new = [entry for entry in entries if entry.id not in known]
        names = {one.login: one.id for one in await asyncio.to_thread(agents.all)} if new else {}
        for entry in new:
            logger.info("%s", _line(entry, names))
        known = {entry.id for entry in entries}
        since = max((entry.at for entry in entries), default=since)

    await repeat(log_new, ROUND_SECONDS, "log what the audit log recorded")


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
