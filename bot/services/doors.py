"""The ways on for a visitor, the best first: always in sight, and all that is left while the bot is away."""

from __future__ import annotations

from typing import Any

from bot.core.customer import Customer
from bot.core.entitlement import decide
from bot.core.facts import Facts
from bot.core.routing import Door, route
from bot.services.words import Words


def doors(
    customer: Customer | None, facts: Facts, words: Words, community_url: str, sign_in_url: str | None
) -> list[dict[str, Any]]:
    """`[{door, title, payload | url}]` for a verified customer, or (`None`) somebody anonymous."""
    best = route(customer, facts).door
    phone = customer is not None and decide(customer, "tier1_phone", facts).allowed
    ways = {
        Door.AGENT_QUEUE: ["agent_queue", "phone", "ticket_form", "community"],
        Door.TICKET_FORM: ["ticket_form", "phone", "community"],
        Door.COMMUNITY: ["community", "ticket_form"],
        Door.SIGN_IN: ["sign_in", "community", "ticket_form"],
    }[best]
    leads: dict[str, dict[str, str]] = {
        "agent_queue": {"payload": "/talk_to_human"},
        "ticket_form": {"payload": "/create_ticket"},
        "phone": {"payload": "/phone_number"},
        "community": {"url": community_url},
        "sign_in": {"url": sign_in_url} if sign_in_url else {},
    }
    open_ways = [way for way in ways if way != "phone" or phone]
    return [{"door": way, "title": words.phrase(f"door_{way}"), **leads[way]} for way in open_ways]
