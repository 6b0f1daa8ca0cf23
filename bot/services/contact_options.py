"""The contact options of a visitor, the best first. They are always shown, even while the bot is down."""

from __future__ import annotations

from typing import Any

from bot.core.customer import Customer
from bot.core.entitlement import decide
from bot.core.facts import Facts
from bot.core.routing import ContactOption, Staffing, offer, route
from bot.services.wording import Words


def contact_options(
    customer: Customer | None, facts: Facts, words: Words, community_url: str, sign_in_url: str | None,
    staffing: Staffing,
) -> list[dict[str, Any]]:
    """`[{type, title, payload | url}]` for a verified customer; `None` is an anonymous visitor."""
    phone = customer is not None and decide(customer, "tier1_phone", facts).allowed
    leads: dict[ContactOption, dict[str, str]] = {
        ContactOption.AGENT_QUEUE: {"payload": "/talk_to_human"},
        ContactOption.TICKET_FORM: {"payload": "/create_ticket"},
        ContactOption.PHONE: {"payload": "/phone_number"},
        ContactOption.COMMUNITY: {"url": community_url},
        ContactOption.SIGN_IN: {"url": sign_in_url} if sign_in_url else {},
    }
    ways = offer(route(customer, facts), staffing, phone=phone).options
    return [{"type": way.value, "title": words.phrase(f"contact_option_{way.value}"), **leads[way]} for way in ways]
