"""The ways on for every visitor there can be, against the rules of entitlement."""

from __future__ import annotations

from itertools import product

import pytest

from bot.adapters.wording_reader import read_wording
from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES, Customer
from bot.core.entitlement import decide
from bot.core.facts import Facts
from bot.core.routing import Staffing, route
from bot.languages import LANGUAGES
from bot.services.contact_options import contact_options
from bot.settings import ROOT

COMMUNITY, SIGN_IN = "https://community.example.com", "https://example.com/login"
CUSTOMERS = [Customer(*values) for values in product(PLANS, ACCOUNT_TYPES, ROLES, (True, False))]
OPEN = Staffing(2)
WORDING = read_wording(ROOT / "data")


def _names(customer: Customer | None, facts: Facts, sign_in_url: str | None = None) -> list[str]:
    words = WORDING.words(facts, "id")
    return [option["type"] for option in contact_options(customer, facts, words, COMMUNITY, sign_in_url, OPEN)]


def test_every_customer(facts: Facts) -> None:
    """The best door is the route's; an agent and the phone only for those entitled; a ticket for everyone."""
    for customer in CUSTOMERS:
        names = _names(customer, facts)
        way = route(customer, facts)
        assert names[0] == way.target.value
        assert ("agent_queue" in names) is (way.tier is not None)
        assert ("phone" in names) is decide(customer, "tier1_phone", facts).allowed
        assert "ticket_form" in names and "sign_in" not in names
        assert len(names) == len(set(names))


def test_by_hand(facts: Facts) -> None:
    """One of each kind, as the routing table has it."""
    assert _names(Customer("premier", "business", "admin", True), facts)[:3] == ["agent_queue", "phone", "ticket_form"]
    assert _names(Customer("access", "pro", "member", True), facts)[:2] == ["agent_queue", "ticket_form"]
    assert _names(Customer("access", "business", "member", False), facts)[0] == "ticket_form"
    assert "phone" in _names(Customer("premier", "business", "owner", False), facts)
    assert _names(Customer("access", "basic", "member", False), facts) == ["community", "ticket_form"]


def test_the_anonymous(facts: Facts) -> None:
    """Sign in first, then what is open to everyone; the community is a link."""
    assert _names(None, facts) == ["sign_in", "community", "ticket_form"]


@pytest.mark.parametrize("url", [SIGN_IN, None])
def test_where_to_sign_in(facts: Facts, url: str | None) -> None:
    """To the page that is set; without one the page with the widget knows the way itself."""
    option = contact_options(None, facts, WORDING.words(facts, "id"), COMMUNITY, url, OPEN)[0]
    assert option.get("url") == url and "payload" not in option


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_they_lead(facts: Facts, language: str) -> None:
    """Each has a name, and a topic to say or an address to open."""
    for customer in [*CUSTOMERS, None]:
        for option in contact_options(customer, facts, WORDING.words(facts, language), COMMUNITY, SIGN_IN, OPEN):
            assert option["title"] and ("payload" in option) is not ("url" in option)
            assert option.get("payload", "/greet")[1:] in WORDING.topics
            assert option.get("url", COMMUNITY) in (COMMUNITY, SIGN_IN)
