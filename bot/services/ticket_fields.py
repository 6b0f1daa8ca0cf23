"""The limits of a ticket's fields, for the form in chat and for the form that is filled in at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core import email_address as mail
from bot.core.customer import Identity
from bot.core.facts import Facts
from bot.core.triage import PRIORITIES

# (least, most) characters.
LIMITS: Mapping[str, tuple[int, int]] = {"subject": (3, 200), "description": (3, 2000), "email": (3, mail.LONGEST)}
PRIORITY = "priority"
FIELDS = (*LIMITS, PRIORITY)
MISSING, TOO_LONG, WRONG = "missing", "too_long", "wrong"


def check(values: Mapping[str, Any]) -> dict[str, str]:
    """The faults of a filled-in form: field to `missing`, `too_long` or `wrong`."""
    faults = {field: fault(field, values.get(field)) for field in FIELDS}
    return {field: found for field, found in faults.items() if found}


def fault(field: str, value: object) -> str | None:
    """The fault of the value of one field, `None` without one."""
    if value is None or value == "" or (isinstance(value, str) and not value.strip()):
        return MISSING
    if not isinstance(value, str):
        return WRONG
    if field == PRIORITY:
        return None if value in PRIORITIES else WRONG
    least, most = LIMITS[field]
    text = tidy(field, value)
    if len(text) > most:
        return TOO_LONG
    return WRONG if len(text) < least or (field == "email" and not mail.is_address(text)) else None


def own_email(identity: Identity | None) -> str | None:
    """The valid e-mail address of a signed-in customer; `None` without one."""
    email = identity.email if identity else None
    return None if fault("email", email) else email


def has_times(identity: Identity | None, facts: Facts) -> bool:
    """True when the verified plan promises times; what a visitor says of their plan does not count."""
    return identity is not None and identity.customer.plan in facts.plans_with("priority_response")


def tidy(field: str, value: str) -> str:
    """The value to store: a subject and an address become one line, a description keeps its lines."""
    return value.strip() if field == "description" else " ".join(value.split())
