"""Answers on phoning support: numbers by country, who may phone, what to have ready, what a call costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.core.answer import Answer
from bot.core.facts import Facts, PhoneLine, PhoneNumber
from bot.core.question import Question
from bot.services.answer.eligibility import eligibility, rules_of
from bot.services.wording import Words

MOST_COUNTRIES = 4
# A larger number in a question is part of a telephone number, not a count of lines.
MOST_NUMBERS = 9


def phone_number(question: Question, facts: Facts, words: Words) -> Answer:
    """The numbers of the countries asked for; a country without a line gets other ways, never a number."""
    known = [code for code in question.countries if code in facts.phone_lines][:MOST_COUNTRIES]
    unknown = [code for code in question.countries if code not in facts.phone_lines]
    if not question.countries:
        return Answer("utter_phone_which_country", {"countries": _all_countries(facts, words)}, "phone_table")
    missing = words.any_of([words.country(code) for code in unknown])
    if not known:
        verdict = words.verdict(False, question) if question.yes_no and question.has("has_it") else ""
        return Answer("utter_phone_no_line", {"verdict": verdict, "country": missing}, "phone_table")
    found = [facts.phone_lines[code] for code in known]
    lines = [_line(line, words) for line in found]
    if unknown:
        lines.append(words.phrase("phone_no_line", country=missing))
    verdict = _number_verdict(question, found[0], words) if len(question.countries) == 1 else ""
    values = {"verdict": verdict, "lines": "\n".join(lines)}
    return Answer("utter_phone_number", values, "phone_table", _card(found, lines[len(found):], values, words))


def phone_countries(question: Question, facts: Facts, words: Words) -> Answer:
    """The countries that have a line; for a named country, its numbers."""
    if question.countries:
        return phone_number(question, facts, words)
    count = len(facts.phone_lines)
    verdict = ""
    if question.yes_no and question.number is not None:
        verdict = words.verdict(question.number == count, question)
    elif question.yes_no and question.has("every"):
        verdict = words.phrase("no")
    values = {"verdict": verdict, "count": str(count), "countries": _all_countries(facts, words)}
    return Answer("utter_phone_countries", values, "phone_table")


phone_access = partial(eligibility, "tier1_phone")


def phone_prepare(question: Question, facts: Facts, words: Words) -> Answer:
    """What to have ready before a call."""
    verdict = words.phrase("yes") if question.perhaps_yes_no else ""
    return Answer("utter_phone_prepare", {"verdict": verdict}, "phone_guide")


def phone_rates(question: Question, facts: Facts, words: Words) -> Answer:
    """What a call may cost."""
    verdict = ""
    if question.perhaps_yes_no:
        verdict = words.phrase("not_certain" if question.has("free_of_charge") else "possibly")
    return Answer("utter_phone_rates", {"verdict": verdict}, "phone_table")


def phone_hours(question: Question, facts: Facts, words: Words) -> Answer:
    """Opening hours, which the source does not give: who may phone instead."""
    return Answer("utter_phone_hours", {"rules": rules_of("tier1_phone", facts, words)}, "phone_guide")


def _number_verdict(question: Question, line: PhoneLine, words: Words) -> str:
    """Yes or no to "is there a number", "is there an extension", "only one number"; empty for other questions."""
    if not question.perhaps_yes_no:
        return ""
    if question.has("extension"):
        return words.verdict(any(number.extension for number in line.numbers), question)
    if question.has("second"):
        return words.verdict(len(line.numbers) > 1, question)
    if question.has("only") and question.number in (None, 1):
        return words.verdict(len(line.numbers) == 1, question)
    if question.number is not None and question.number <= MOST_NUMBERS:
        return words.verdict(len(line.numbers) == question.number, question)
    return words.phrase("yes") if question.yes_no and question.has("has_it") else ""


def _card(lines: list[PhoneLine], missing: list[str], values: Mapping[str, str], words: Words) -> dict[str, Any]:
    """The card `phone`: each number as the source prints it, and as a telephone dials it."""
    lead, prepare = words.around("utter_phone_number", values, "lines")
    return {
        "type": "phone",
        **({"lead": lead} if lead else {}),
        "lines": [{"country": words.country(line.country), "numbers": [_number(number) for number in line.numbers]}
                  for line in lines],
        **({"missing": "\n".join(missing)} if missing else {}),
        "prepare": prepare,
        "source": words.source("phone_table"),
    }


def _number(number: PhoneNumber) -> dict[str, str]:
    digits = re.sub(r"\D", "", number.number)
    tel = f"tel:{'+' if number.number.startswith('+') else ''}{digits}"
    return {"number": number.number, **({"extension": number.extension} if number.extension else {}), "tel": tel}


def _all_countries(facts: Facts, words: Words) -> str:
    return words.all_of(sorted(words.country(code) for code in facts.phone_lines))


def _line(line: PhoneLine, words: Words) -> str:
    numbers = [
        words.phrase("phone_extension", number=n.number, extension=n.extension) if n.extension
        else words.phrase("phone_no_extension", number=n.number) for n in line.numbers]
    return words.phrase("phone_line", country=words.country(line.country), numbers=words.any_of(numbers))
