"""Puts values into words in one language: names, lists, durations, phrases. `data/` holds the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from string import Formatter
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_gmt, get_timezone_name
from babel.lists import format_list
from babel.units import format_unit

from bot.core.facts import Facts
from bot.core.privacy import Anonymizer
from bot.core.privacy.text.word_lists import WordLists as PersonalWords
from bot.core.question import CueFinder, Question
from bot.languages import LANGUAGES

_HOLE = "\ufffc"


@dataclass(frozen=True)
class Topic:
    """An intent in `data/topics.yml`."""

    file: str  # the name of its files, such as `phone`
    title: Mapping[str, str]  # by language
    next: tuple[str, ...]  # the likeliest next topics
    accepts: frozenset[str]  # the kinds of value that a follow-up may change


@dataclass(frozen=True)
class Wording:
    """All words of the bot."""

    phrases: Mapping[str, Mapping[str, str]]  # by language and name
    responses: Mapping[str, Mapping[str, str]]  # by language and name
    topics: Mapping[str, Topic]  # by intent
    cues: CueFinder
    greeting: tuple[str, ...]  # the topics that the greeting offers
    notice: Mapping[str, str] = field(default_factory=dict)  # before the first message, by language; may be empty
    personal: Anonymizer = field(default_factory=lambda: Anonymizer(PersonalWords({})))

    def words(self, facts: Facts, language: str) -> Words:
        """The words of `language`, of the first language for an unknown one."""
        known = language if language in LANGUAGES else LANGUAGES[0]
        return Words(facts, known, self)


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    facts: Facts
    language: str
    wording: Wording

    def phrase(self, key: str, **values: str) -> str:
        """The phrase `key` with its placeholders filled."""
        return Formatter().vformat(self.wording.phrases[self.language][key], (), values)

    def say(self, response: str, values: Mapping[str, str] | None = None) -> str:
        """The response with its placeholders filled, without empty lines."""
        text = Formatter().vformat(self._response(response), (), values or {})
        return "\n".join(line.strip() for line in text.splitlines() if line.strip())

    def has(self, response: str, placeholder: str) -> bool:
        """True when the response has the placeholder."""
        return any(name == placeholder for _, name, _, _ in Formatter().parse(self._response(response)))

    def around(self, response: str, values: Mapping[str, str], hole: str) -> tuple[str, str]:
        """The text of a response before and after its placeholder `hole`, for a card that shows `hole` in another way;
        without the source, for which cards have a field."""
        text = self.say(response, {**values, "source": "", hole: _HOLE})
        before, _, after = text.partition(_HOLE)
        return before.strip(), after.lstrip(". \n")

    def title(self, topic: str) -> str:
        """A topic's title."""
        return self.wording.topics[topic].title[self.language]

    def name(self, kind: str, key: str) -> str:
        """The name of a plan, role, account type, channel, feature …"""
        return self.facts.label(kind, key, self.language)

    def country(self, code: str) -> str:
        """A country's name: the data's own where it has one, else Unicode CLDR's."""
        return country_name(self.facts, code, self.language)

    def all_of(self, items: Sequence[str]) -> str:
        """"a, b, and c" in this language."""
        return self._list(items, "standard")

    def any_of(self, items: Sequence[str]) -> str:
        """"a, b, or c" in this language."""
        return self._list(items, "or")

    def hours(self, number: int) -> str:
        """"1 hour", "4 jam"."""
        return format_unit(number, "duration-hour", locale=self.language)

    def size(self, number: int) -> str:
        """"12 kB", for a number of bytes."""
        return format_unit(max(round(number / 1000), 1), "digital-kilobyte", length="short", locale=self.language)

    def moment(self, at: datetime, zone: str, *, named: bool) -> str:
        """"Senin, 23 November pukul 08.00": a time in the time zone `zone`, with the zone's name if it is `named`."""
        local = at.astimezone(ZoneInfo(zone))
        day = format_date(local, self.phrase("moment_day"), locale=self.language)
        clock = format_time(local, "short", locale=self.language).replace("\u202f", " ")
        if named:
            name = get_timezone_name(local, "short", locale=self.language)
            # If a language has no short name for a zone, Babel gives its bare offset.
            clock = f"{clock} {name if name.isalpha() else get_timezone_gmt(local, locale=self.language)}"
        return self.phrase("moment", day=day, time=clock)

    def verdict(self, truth: bool, question: Question) -> str:
        """"Yes. " or "No. "; "Correct. " confirms a question that expects a no."""
        return self.phrase("yes" if truth else "indeed" if question.expects_no else "no")

    def plans(self, keys: Sequence[str]) -> str:
        """The names of plans as a list."""
        return self.all_of([self.name("plan", key) for key in keys])

    def source(self, key: str | None) -> str:
        """The line that names the source, or nothing."""
        return self.phrase("source", title=self.name("source", key)) if key else ""

    def _response(self, name: str) -> str:
        return self.wording.responses[self.language][name]

    def _list(self, items: Sequence[str], style: Literal["standard", "or"]) -> str:
        return format_list(list(items), style=style, locale=self.language)


def country_name(facts: Facts, code: str, language: str) -> str:
    """A country's name: the data's own where it has one, else Unicode CLDR's."""
    return facts.labels.get(("country", code, language)) or _territories(language).get(code, code)


@lru_cache(maxsize=8)
def _territories(language: str) -> Mapping[str, str]:
    return dict(Locale.parse(language).territories)
