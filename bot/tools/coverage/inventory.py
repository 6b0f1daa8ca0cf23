"""All that a scenario can touch, by kind: read from the data and the code, never listed by hand."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from bot.adapters.locales import own_texts
from bot.core.conversation import transitions
from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES, Customer
from bot.core.facts import Facts
from bot.core.routing import Staffing, offer, route
from bot.languages import COMPLETE, LANGUAGES
from bot.services.dialogue import form
from bot.services.ticket_fields import FIELDS
from bot.services.wording import Wording
from bot.tools.sandbox.trace import Transition

INTENTS, ROUTES, TRANSITIONS, FIELDS_OF_FORMS, LANGUAGES_SPOKEN = (
    "intents", "routes", "transitions", "form fields", "languages")
# As the recorder names the facts.
FACTS = ("rules", "phone_lines", "priorities", "channels")
# The ticket form that a visitor fills in at once.
FILLED_IN = "filled in"

Names = tuple[str, ...]


def inventory(wording: Wording, facts: Facts, data: Path) -> dict[str, Names]:
    """The names of each kind."""
    return {
        INTENTS: tuple(wording.topics),
        ROUTES: _routes(facts),
        TRANSITIONS: tuple(str(Transition(*(step.value for step in steps))) for steps in transitions()),
        FIELDS_OF_FORMS: (*(f"{kind}.{name}" for kind, names in form.ASKED.items() for name in names),
                          *(f"{FILLED_IN}.{name}" for name in FIELDS)),
        "rules": tuple(rule.id for rule in facts.rules),
        "phone_lines": tuple(facts.phone_lines),
        "priorities": tuple(facts.priorities),
        "channels": tuple(facts.channels),
        LANGUAGES_SPOKEN: LANGUAGES,
        **{responses_in(language): tuple(own_texts(data, language, "responses")) for language in LANGUAGES},
    }


def responses_in(language: str) -> str:
    """The kind of the responses that `language` has of its own."""
    return f"responses {language}"


def must_be_touched(kind: str) -> bool:
    """False for the responses of a language that is not complete: the gate leaves them out."""
    return kind not in {responses_in(language) for language in LANGUAGES if language not in COMPLETE}


def _routes(facts: Facts) -> Names:
    """What a walk over all customers and staffings comes to."""
    customers = (None, *(Customer(*known) for known in product(PLANS, ACCOUNT_TYPES, ROLES, (True, False))))
    staffings = [Staffing(online, is_open) for online, is_open in product((None, 0, 1), (True, False))]
    return tuple(dict.fromkeys(offer(route(customer, facts), staffing, phone=False).route.name
                               for customer, staffing in product(customers, staffings)))
