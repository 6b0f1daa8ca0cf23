"""The facts as rows of tables, in one language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from babel.units import format_unit

from bot.core.customer import PLANS
from bot.core.facts import Facts, PhoneNumber
from bot.services.wording import country_name


@dataclass(frozen=True)
class PriorityRow:
    """One priority, in words."""

    name: str
    meaning: str
    first: str  # time of the first response
    restored: str | None  # time of the restoration; `None` where none is set
    staffing: str


def plan_names(facts: Facts, lang: str) -> list[str]:
    """The names of the plans, in their order."""
    return [facts.label("plan", plan, lang) for plan in PLANS]


def who(facts: Facts, feature: str, lang: str) -> list[str | None]:
    """Who has `feature`: a text for each plan, `None` where nobody has it."""
    rules = [rule for rule in facts.rules if rule.feature == feature]
    joined = (", ".join(facts.label("rule", rule.id, lang) for rule in rules if rule.plan == plan) for plan in PLANS)
    return [_sentence(text) or None for text in joined]


def plans(facts: Facts, lang: str) -> list[tuple[str, list[str | None]]]:
    """Each feature's name and who has it (see `who`)."""
    return [(_sentence(facts.label("feature", f, lang)), who(facts, f, lang)) for f in facts.features]


def phone(facts: Facts, lang: str) -> list[tuple[str, tuple[PhoneNumber, ...]]]:
    """Each country's name and its numbers, in alphabetical order."""
    return sorted((country_name(facts, code, lang), line.numbers) for code, line in facts.phone_lines.items())


def tel(number: PhoneNumber) -> str:
    """The number as a `tel:` link."""
    return f"tel:{re.sub(r'[^+0-9]', '', number.number)}"


def priorities(facts: Facts, lang: str) -> list[PriorityRow]:
    """The four priorities."""
    return [
        PriorityRow(
            key.upper(), _sentence(facts.label("priority_definition", key, lang)),
            _hours(row.first_response_hours, lang),
            _hours(row.restoration_hours, lang) if row.restoration_hours else None,
            _sentence(facts.label("priority_staffing", key, lang)))
        for key, row in facts.priorities.items()]


def _hours(count: int, lang: str) -> str:
    return format_unit(count, "duration-hour", locale=lang)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
