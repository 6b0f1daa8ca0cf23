"""Where a visitor goes when the bot can't help: one pure function decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.core.customer import Customer
from bot.core.entitlement import decide
from bot.core.facts import Facts


class Door(str, Enum):
    """The doors out of the chat."""

    AGENT_QUEUE = "agent_queue"
    TICKET_FORM = "ticket_form"
    COMMUNITY = "community"
    SIGN_IN = "sign_in"
    BILLING_SUPPORT = "billing_support"


@dataclass(frozen=True)
class Route:
    """The best door, why (a key of the hand-off responses), and the matrix row that decided.

    `tier` is 1 or 2 for the agent queue, else `None`.
    """

    door: Door
    reason: str
    tier: int | None = None
    rule_id: str | None = None

    @property
    def name(self) -> str:
        """The route in one word, as `--debug` and the scenarios show it: `agent_queue_tier2`, `community`, …"""
        return f"{self.door.value}_tier{self.tier}" if self.tier else self.door.value


def route(customer: Customer | None, facts: Facts, *, billing: bool = False) -> Route:
    """The door for a verified `customer` (`None`: anonymous). `billing`: the question is on billing or the account."""
    if billing:
        return Route(Door.BILLING_SUPPORT, "billing")
    if customer is None:
        return Route(Door.SIGN_IN, "anonymous")
    tier2 = decide(customer, "tier2", facts)
    if tier2.allowed:
        return Route(Door.AGENT_QUEUE, "tier2", tier=2, rule_id=tier2.rule_id)
    tier1 = decide(customer, "tier1_chat", facts)
    if tier1.allowed:
        return Route(Door.AGENT_QUEUE, "tier1", tier=1, rule_id=tier1.rule_id)
    if customer.account_type in facts.paid_account_types:
        return Route(Door.TICKET_FORM, "unlicensed", rule_id=tier1.rule_id)
    return Route(Door.COMMUNITY, "free", rule_id=tier1.rule_id)
