"""Where a visitor goes when the bot can't help: one pure function decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.core.customer import Customer
from bot.core.entitlement import decide
from bot.core.facts import Facts


class HandoffTarget(str, Enum):
    """The doors out of the chat."""

    AGENT_QUEUE = "agent_queue"
    TICKET_FORM = "ticket_form"
    COMMUNITY = "community"
    SIGN_IN = "sign_in"


class ContactOption(str, Enum):
    """The ways on that a visitor always sees."""

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
    """The best door, why (a key of the hand-off responses), and the matrix row that decided.

    `tier` is 1 or 2 for the agent queue, else `None`.
    """

    target: HandoffTarget
    reason: str
    tier: int | None = None
    rule_id: str | None = None

    @property
    def name(self) -> str:
        """The route in one word, as `--debug` and the scenarios show it: `agent_queue_tier2`, `community`, …"""
        return f"{self.target.value}_tier{self.tier}" if self.tier else self.target.value


def route(customer: Customer | None, facts: Facts) -> Route:
    """The door for a verified `customer` (`None`: anonymous)."""
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
    """Who is there for a tier: agents `online` (`None`: nobody knows), whether the desk `is_open` now, and when it
    opens next (UTC; `None` while it is open, or never). `zone` is the desk's own time zone."""

    online: int | None
    is_open: bool = True
    opens_at: datetime | None = None
    zone: str = "UTC"

    @property
    def is_empty(self) -> bool:
        """Nobody would come now, as far as anybody knows."""
        return not self.is_open or self.online == 0


@dataclass(frozen=True)
class Offer:
    """What a visitor gets now: the `route` as things stand at the desk, the `ways` on, the best first, and whether a
    ticket is offered beside a place in the queue."""

    route: Route
    options: tuple[ContactOption, ...]
    ticket_too: bool = False


def offer(best: Route, staffing: Staffing, *, phone: bool) -> Offer:
    """What comes of the route of `route` at a desk that is staffed so; `phone` for those who may call.

    Nobody is queued at a closed desk. At an open one without agents they are, and are told so.
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
