"""Where a hand-off leads, by entitlement (`route`) and by the desk's staffing (`offer`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.core.customer import Customer
from bot.core.entitlement import decide
from bot.core.facts import Facts


class HandoffTarget(str, Enum):
    """Where a hand-off may lead."""

    AGENT_QUEUE = "agent_queue"
    TICKET_FORM = "ticket_form"
    COMMUNITY = "community"
    SIGN_IN = "sign_in"


class ContactOption(str, Enum):
    """A contact option that a visitor sees."""

    AGENT_QUEUE = "agent_queue"
    TICKET_FORM = "ticket_form"
    PHONE = "phone"
    COMMUNITY = "community"
    SIGN_IN = "sign_in"


_OPTIONS = {
    HandoffTarget.AGENT_QUEUE: (
        ContactOption.AGENT_QUEUE,
        ContactOption.PHONE,
        ContactOption.TICKET_FORM,
        ContactOption.COMMUNITY,
    ),
    HandoffTarget.TICKET_FORM: (ContactOption.TICKET_FORM, ContactOption.PHONE, ContactOption.COMMUNITY),
    HandoffTarget.COMMUNITY: (ContactOption.COMMUNITY, ContactOption.TICKET_FORM),
    HandoffTarget.SIGN_IN: (ContactOption.SIGN_IN, ContactOption.COMMUNITY, ContactOption.TICKET_FORM),
}


@dataclass(frozen=True)
class Route:
    """The best target for a visitor."""

    target: HandoffTarget
    reason: str  # a key of the hand-off responses
    tier: int | None = None  # 1 or 2 for the agent queue, else `None`
    rule_id: str | None = None  # the matrix row that decided

    @property
    def name(self) -> str:
        """The route as `--debug` and the scenarios show it: `agent_queue_tier2`, `community`, …"""
        return f"{self.target.value}_tier{self.tier}" if self.tier else self.target.value


def route(customer: Customer | None, facts: Facts) -> Route:
    """The best route for a verified `customer` (`None`: anonymous)."""
    if customer is None:
        return Route(HandoffTarget.SIGN_IN, "anonymous")
    tier2 = decide(customer, "tier2", facts)
    if tier2.allowed:
        return Route(HandoffTarget.AGENT_QUEUE, "tier2", tier=2, rule_id=tier2.rule_id)
    tier1 = decide(customer, "tier1_chat", facts)
    if tier1.allowed:
        return Route(HandoffTarget.AGENT_QUEUE, "tier1", tier=1, rule_id=tier1.rule_id)
    if customer.account_type in facts.paid_account_types:
        return Route(HandoffTarget.TICKET_FORM, "unlicensed", rule_id=tier1.rule_id)
    return Route(HandoffTarget.COMMUNITY, "free", rule_id=tier1.rule_id)


@dataclass(frozen=True)
class Staffing:
    """The staffing of a tier now."""

    online: int | None  # agents online; `None`: unknown
    is_open: bool = True
    opens_at: datetime | None = None  # the next opening (UTC); `None`: open now, or none known
    zone: str = "UTC"  # the desk's time zone (IANA)

    @property
    def is_empty(self) -> bool:
        """True when the desk is closed, or no agent is known to be online."""
        return not self.is_open or self.online == 0


@dataclass(frozen=True)
class Offer:
    """The offer to a visitor at the current staffing."""

    route: Route
    options: tuple[ContactOption, ...]  # the best first
    ticket_too: bool = False  # offer a ticket beside the place in the queue


def offer(best: Route, staffing: Staffing, *, phone: bool) -> Offer:
    """The offer for route `best` at this `staffing`; `phone`: the visitor may call.

    A closed desk queues nobody. An open desk without agents queues the visitor and offers a ticket too.
    """
    if best.target is not HandoffTarget.AGENT_QUEUE:
        return Offer(best, _options(best.target, phone))
    if not staffing.is_open:
        closed = Route(HandoffTarget.TICKET_FORM, "closed", rule_id=best.rule_id)
        return Offer(
            closed,
            _open(
                (ContactOption.TICKET_FORM, ContactOption.PHONE, ContactOption.AGENT_QUEUE, ContactOption.COMMUNITY),
                phone,
            ),
        )
    return Offer(best, _options(best.target, phone), ticket_too=staffing.is_empty)


def _options(target: HandoffTarget, phone: bool) -> tuple[ContactOption, ...]:
    return _open(_OPTIONS[target], phone)


def _open(options: tuple[ContactOption, ...], phone: bool) -> tuple[ContactOption, ...]:
    return tuple(option for option in options if phone or option is not ContactOption.PHONE)
