"""The agents who are online now: at the console, and at an outside desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.adapters.sql.agents import ONLINE, UNHEARD
from bot.adapters.sql.tables import agents, cases, memory
from bot.core.case import CaseState
from bot.core.hours import Hours
from bot.core.routing import Staffing

# An outside desk's report counts for this long.
SAID_WITHIN = timedelta(minutes=2)
OUTSIDE = "staffing"


@dataclass(frozen=True)
class Staff:
    """The agents who can take cases."""

    online: int | None  # agents; `None`: unknown
    free: int  # further cases that the console's agents can take now


def staff(connection: Connection, tier: int, language: str, now: datetime) -> Staff:
    """The staff for cases of this tier and language at `now`."""
    said = connection.execute(
        select(memory.c.value).where(memory.c.name == OUTSIDE, memory.c.at >= now - SAID_WITHIN)).scalar()
    outside = said["online"] if said else 0
    accounts = connection.execute(select(agents).where(agents.c.is_active)).mappings().all()
    if said is None and not accounts:
        return Staff(None, 0)
    there = [
        account for account in accounts
        if account["presence"] == ONLINE and account["seen_at"] is not None and now - account["seen_at"] <= UNHEARD
        and tier in account["tiers"] and language in account["languages"]]
    taken = select(cases.c.agent, func.count()).where(cases.c.state == CaseState.TAKEN.value).group_by(cases.c.agent)
    has = {agent: number for agent, number in connection.execute(taken)} if there else {}
    free = sum(max(0, account["capacity"] - has.get(account["id"], 0)) for account in there)
    return Staff(None if outside is None else outside + len(there), free)


def staffing(connection: Connection, tier: int, language: str, hours: Hours, now: datetime) -> Staffing:
    """The staffing for cases of this tier and language at `now`."""
    online = staff(connection, tier, language, now).online
    return Staffing(online, hours.is_open(now), hours.next_opening(now), hours.zone)
