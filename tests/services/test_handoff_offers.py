"""Every visitor, at every desk, in every way of asking: what they are offered, against rules written by hand.

Walks all combinations of plan, account type, role, licence, verification, channel, priority, question and staffing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import product

import pytest
from dialogue_driver import carried_out
from fakes import FakeQueue, FakeTickets

from bot.adapters.wording_reader import read_wording
from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES, Customer, Identity
from bot.core.effects import SlaTargets
from bot.core.facts import Facts
from bot.core.routing import Staffing
from bot.core.triage import PRIORITIES
from bot.languages import LANGUAGES
from bot.services.contact_options import contact_options
from bot.services.dialogue.manager import DialogueManager
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.wording import Wording
from bot.settings import ROOT

COMMUNITY, SIGN_IN = "https://community.example.com", "https://help.example.com/sign-in"
MONDAY = datetime(2026, 11, 23, 1, tzinfo=timezone.utc)
DESKS = {
    "people": Staffing(3), "nobody": Staffing(0), "who knows": Staffing(None),
    "closed": Staffing(0, False, MONDAY, "Asia/Jakarta"), "closed, people there": Staffing(3, False, MONDAY),
    "closed for good": Staffing(None, False)}
# Of an identity that was not accepted nothing is known, whatever it claimed.
PROBLEMS = [None, "expired", "signature", "claims", "malformed"]
HOURS = {"p1": (1, 4), "p2": (4, 8), "p3": (24, None), "p4": (24, None), None: (24, None)}
CUSTOMERS = [Customer(*values) for values in product(PLANS, ACCOUNT_TYPES, ROLES, (True, False))]


@dataclass(frozen=True)
class Visit:
    """One combination. `customer`: verified claims."""

    customer: Customer | None
    problem: str | None
    desk: str
    priority: str | None
    billing: bool
    cards: bool
    language: str


def visits() -> Iterator[Visit]:
    """All of them; `billing`, `cards` and, of customers, the language change from one to the next."""
    asked = list(product(DESKS, [None, *PRIORITIES]))
    for number, (customer, (desk, priority)) in enumerate(product(CUSTOMERS, asked)):
        language = LANGUAGES[number % len(LANGUAGES)]
        yield Visit(customer, None, desk, priority, bool(number & 1), bool(number & 2), language)
    for number, (problem, (desk, priority), language) in enumerate(product(PROBLEMS, asked, LANGUAGES)):
        yield Visit(None, problem, desk, priority, bool(number & 1), bool(number & 2), language)


def tier_of(customer: Customer | None) -> int | None:
    """The tier whose live agents they may talk to."""
    if customer is None or customer.account_type == "basic":
        return None
    administers, premier = customer.role in ("owner", "admin"), customer.plan != "access"
    if premier:
        return (2 if administers else 1) if customer.licensed else None
    return 1 if administers or customer.licensed else None


def may_call(customer: Customer | None) -> bool:
    """Whether the support phone is for them."""
    if customer is None or customer.account_type == "basic":
        return False
    if customer.plan != "access" and customer.licensed:
        return True
    of_a_company = customer.account_type in ("business", "enterprise", "education", "api")
    return of_a_company and (customer.role == "owner" or (customer.role == "admin" and bool(customer.licensed)))


def terms_of(customer: Customer, priority: str | None) -> SlaTargets:
    """What their plan promises."""
    if customer.plan == "access":
        return SlaTargets()
    respond, restore = HOURS[priority]
    return SlaTargets(timedelta(hours=respond), timedelta(hours=restore) if restore else None,
                 customer.plan == "premier_plus")


def response_of(visit: Visit) -> str:
    """The answer, by name."""
    if visit.customer is None:
        return "anonymous"
    tier = tier_of(visit.customer)
    if tier is None:
        return "free" if visit.customer.account_type == "basic" else "unlicensed"
    return "closed" if visit.desk.startswith("closed") else f"tier{tier}"


@pytest.fixture(scope="module")
def wording() -> Wording:
    """The real words."""
    return read_wording(ROOT / "data")


def test_every_offer(wording: Wording, facts: Facts) -> None:
    """Who is queued, for which tier, with which promises; everybody else gets a way on, and why."""
    seen = set()
    for number, visit in enumerate(visits()):
        queue = FakeQueue()
        queue.staff = DESKS[visit.desk]
        manager = DialogueManager(wording, queue, COMMUNITY)
        identity = Identity("u-1", visit.customer, "Sari", "sari@example.com") if visit.customer else None
        state = State(language=visit.language, incident=visit.priority, asked="Suara putus",
                      topic="billing" if visit.billing else None)
        turn = Turn(f"c-{number}", "agen", "talk_to_human", {"talk_to_human": 1.0}, message_id="m", cards=visit.cards,
                    identity=identity, identity_problem=visit.problem)
        reply = carried_out(manager.reply(turn, state, facts), queue, FakeTickets(), wording, facts)
        words = wording.words(facts, visit.language)
        wanted, text = response_of(visit), "\n".join(bubble.text for bubble in reply.bubbles)
        offered = {button.payload for bubble in reply.bubbles for button in bubble.buttons}
        seen.add(wanted)
        assert ("KLC-" in text) is wanted.startswith("tier") is bool(queue.cases), visit
        response = words.wording.responses[visit.language][f"utter_handoff_{wanted}"]
        assert _fits(text, response.removeprefix("{billing}\n")), (visit, text)
        if wanted.startswith("tier"):
            [case] = queue.cases.values()
            assert visit.customer is not None
            assert (case.route.tier, case.terms, case.priority) == (
                tier_of(visit.customer), terms_of(visit.customer, visit.priority), visit.priority), visit
            assert ("/create_ticket" in offered) is (visit.desk == "nobody"), visit
            assert (words.phrase("wait_nobody") in text) is (visit.desk == "nobody"), visit
        else:
            assert "/create_ticket" in offered, visit
        billing = words.phrase("handoff_billing")
        assert text.startswith(billing) if visit.billing else billing not in text, visit
        assert (COMMUNITY in text) is (wanted in ("anonymous", "free")), visit
        assert (words.phrase("identity_expired") in text) is (wanted == "anonymous" and visit.problem == "expired")
    assert seen == {"anonymous", "free", "unlicensed", "closed", "tier1", "tier2"}


def test_every_door(wording: Wording, facts: Facts) -> None:
    """The ways on that are always in sight: none that is closed to the visitor, and always one that is open."""
    for customer, (name, staffing), language in product([None, *CUSTOMERS], DESKS.items(), LANGUAGES):
        shown = [option["type"] for option in contact_options(
            customer, facts, wording.words(facts, language), COMMUNITY, SIGN_IN, staffing)]
        assert len(shown) == len(set(shown)), (customer, name)
        assert ("agent_queue" in shown) is (tier_of(customer) is not None), (customer, name)
        assert ("phone" in shown) is may_call(customer), (customer, name)
        assert ("sign_in" in shown) is (customer is None), (customer, name)
        assert {"ticket_form", "community"} <= set(shown), (customer, name)
        first = "sign_in" if customer is None else "community" if customer.account_type == "basic" else "ticket_form"
        if tier_of(customer) is not None and staffing.is_open:
            first = "agent_queue"
        assert shown[0] == first, (customer, name)


def _fits(text: str, response: str) -> bool:
    """True when the fixed beginning of a response is in a text."""
    fixed = max(response.replace("\n", "{").replace("}", "{").split("{")[::2] or [""], key=len).strip()
    return bool(fixed) and fixed in text
