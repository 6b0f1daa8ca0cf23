"""A case's metadata for its conversation, and for the ticket that Zendesk makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.adapters.desks.plain_text import case_name
from bot.ports import Case


def case_metadata(case: Case) -> dict[str, str]:
    """The conversation's metadata."""
    customer = (case.file.get("identity") or {}).get("customer") or {}
    known = {"kilat": case_name(case), "plan": customer.get("plan"), "priority": case.priority,
             "tier": str(case.tier), "lang": case.language}
    return {key: value for key, value in known.items() if value}


def ticket_fields(case: Case, identity: Mapping[str, Any]) -> dict[str, str]:
    """The metadata of passing control, which Zendesk writes to the ticket's fields."""
    tags = ["kilat", f"kilat_tier_{case.tier}", *([f"kilat_{case.priority.lower()}"] if case.priority else [])]
    known = {"dataCapture.systemField.requester.name": identity.get("name"),
             "dataCapture.systemField.requester.email": identity.get("email"),
             "dataCapture.systemField.tags": ",".join(tags), "kilat_case": case.number}
    return {key: value for key, value in known.items() if value}
