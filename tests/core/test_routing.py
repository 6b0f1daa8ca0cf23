"""The door for every kind of visitor, against a table written by hand."""

from __future__ import annotations

from itertools import product

from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES, Customer
from bot.core.facts import Facts
from bot.core.routing import ContactOption, HandoffTarget, Route, Staffing, offer, route

CUSTOMERS = [Customer(*values) for values in product(PLANS, ACCOUNT_TYPES, ROLES, (True, False))]


def _expected(customer: Customer) -> str:
    """The route's name by that table, row by row."""
    if customer.account_type == "basic":
        return "community"
    administers = customer.role in ("owner", "admin")
    if customer.licensed and administers and customer.plan in ("premier", "premier_plus"):
        return "agent_queue_tier2"
    if customer.licensed or (administers and customer.plan == "access"):
        return "agent_queue_tier1"
    return "ticket_form"


def test_every_verified_customer(facts: Facts) -> None:
    """All 108 of them."""
    assert len(CUSTOMERS) == 108
    assert [c for c in CUSTOMERS if route(c, facts).name != _expected(c)] == []


def test_every_route_says_why(facts: Facts) -> None:
    """The reason is one of the hand-off answers, and a queue names the row of the matrix that opened it."""
    reasons = {
        "agent_queue_tier2": "tier2", "agent_queue_tier1": "tier1", "ticket_form": "unlicensed", "community": "free"}
    rows = {rule.id: rule for rule in facts.rules}
    for customer in CUSTOMERS:
        way = route(customer, facts)
        assert way.reason == reasons[way.name]
        assert rows[way.rule_id or ""].plan == customer.plan


def test_the_anonymous_sign_in(facts: Facts) -> None:
    """Nobody without an identity reaches an agent."""
    assert route(None, facts) == Route(HandoffTarget.SIGN_IN, "anonymous")


def test_an_identity_that_says_nothing_reaches_no_agent(facts: Facts) -> None:
    """A customer without known account is treated as free."""
    assert route(Customer(), facts).target is HandoffTarget.COMMUNITY


OPEN, UNKNOWN, EMPTY = Staffing(2), Staffing(None), Staffing(0)
CLOSED = Staffing(0, is_open=False)


def test_offers_at_every_desk(facts: Facts) -> None:
    """Only who is entitled is ever queued, never at a closed desk; the ticket is offered beside a place in an empty
    queue; the phone is for those who may call; nobody is left without a way."""
    for customer, phone in product([*CUSTOMERS, None], (True, False)):
        best = route(customer, facts)
        for staffing in (OPEN, UNKNOWN, EMPTY, CLOSED):
            made = offer(best, staffing, phone=phone)
            queued = made.route.target is HandoffTarget.AGENT_QUEUE
            assert queued is (best.target is HandoffTarget.AGENT_QUEUE and staffing.is_open)
            assert made.route.rule_id == best.rule_id
            assert made.ticket_too is (queued and staffing is EMPTY)
            assert (made.route == best) is (queued or best.target is not HandoffTarget.AGENT_QUEUE)
            assert (ContactOption.PHONE in made.options) <= phone and ContactOption.TICKET_FORM in made.options
            assert (ContactOption.AGENT_QUEUE in made.options) is (best.target is HandoffTarget.AGENT_QUEUE)


def test_a_closed_desk() -> None:
    """The ticket comes first; an agent may be asked for again later."""
    made = offer(Route(HandoffTarget.AGENT_QUEUE, "tier2", 2, "row"), CLOSED, phone=True)
    assert made.route == Route(HandoffTarget.TICKET_FORM, "closed", None, "row")
    assert made.options == (
        ContactOption.TICKET_FORM, ContactOption.PHONE, ContactOption.AGENT_QUEUE, ContactOption.COMMUNITY)
    assert made.route.name == "ticket_form"
