"""Who is at the desk now: its hours, the agents of the console, and what an outside desk has said of its own."""

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

# An outside desk's word holds for so long.
SAID_WITHIN = timedelta(minutes=2)
OUTSIDE = "staffing"


@dataclass(frozen=True)
class Staff:
    """Agents `online` (`None`: nobody knows), and how many more cases those of the console can take now."""

    online: int | None
    free: int


def staff(connection: Connection, tier: int, language: str, now: datetime) -> Staff:
    """Who can take a case of this tier and language at `now`."""
    said = connection.execute(
        select(memory.c.value).where(memory.c.name == OUTSIDE, memory.c.at >= now - SAID_WITHIN)).scalar()
    outside = said["online"] if said else 0
    accounts = connection.execute(select(agents).where(agents.c.is_active)).mappings().all()
    if said is None and not accounts:
        return Staff(None, 0)
    there = [
        account for account in accounts
        if account["presence"] == ONLINE and account["seen_at"] is not None and now - account["seen_at"] <= UNHEARD
        and tier in account["tiers"] and language in account["languages"]
    ]
    taken = select(cases.c.agent, func.count()).where(cases.c.state == CaseState.TAKEN.value).group_by(cases.c.agent)
    has = {agent: number for agent, number in connection.execute(taken)} if there else {}
    free = sum(max(0, account["capacity"] - has.get(account["id"], 0)) for account in there)
    return Staff(None if outside is None else outside + len(there), free)


def staffing(connection: Connection, tier: int, language: str, hours: Hours, now: datetime) -> Staffing:
    """What a visitor is told of it."""
    online = staff(connection, tier, language, now).online
    return Staffing(online, hours.is_open(now), hours.next_opening(now), hours.zone)
