"""A visitor's question: its topic, entities and shape (yes/no, "only", first person, …)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.command import Command
from bot.core.customer import Customer

_SENTENCE_WORDS = 4
_NUMBER = re.compile(r"(?<![\w.+-])(\d{1,2})(?![\w.+-])")
_HOURS = re.compile(r"\b(?<!\d[.,/])(\d{1,3})\s*(?:x\s*\d+\s*)?(jam|hours?|hrs?|h|hari|days?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """A visitor's question as the classifier and the entity extractors understood it."""

    topic: str
    text: str = ""
    language: str = "id"
    asker: Customer = field(default_factory=Customer)
    customer: Customer = field(default_factory=Customer)
    plans: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    channel: str | None = None
    feature: str | None = None
    cues: frozenset[str] = frozenset()  # names of the lists of `data/patterns/question_cues.yml` that match the text
    severity: str | None = None  # the likeliest incident level, `p1` … `p4`

    def has(self, *cues: str) -> bool:
        """True when any of the named cues occurs."""
        return any(cue in self.cues for cue in cues)

    @property
    def yes_no(self) -> bool:
        """True for a plain yes/no question."""
        if self.has("yes_no_start", "yes_no_word"):
            return True
        if self.has("wh_word"):
            return False
        return self.has("tag") or (self.has("yes_no_verb") and self.has("yes_no_tail", "question_mark"))

    @property
    def perhaps_yes_no(self) -> bool:
        """True for a whole sentence with a question mark and no question word ("P4 dibalas dalam 8 jam?")."""
        long_enough = len(self.text.split()) >= _SENTENCE_WORDS
        return self.yes_no or (self.has("question_mark") and not self.has("wh_word") and long_enough)

    @property
    def expects_no(self) -> bool:
        """True for a denial that asks to be confirmed ("Access doesn't include it, right?")."""
        return self.has("negation") and self.has("confirm")

    @property
    def about_asker(self) -> bool:
        """True when the question is about the asker: in the first person, or yes/no and about no other person."""
        return self.has("first_person") or (self.yes_no and not self.has("anybody"))

    @property
    def hours(self) -> int | None:
        """A whole number of hours that the question names ("within 8 hours", "sehari" = 24), or `None`."""
        if match := _HOURS.search(self.text):
            days = match.group(2).lower() in ("hari", "day", "days")
            return int(match.group(1)) * (24 if days else 1)
        return 24 if self.has("one_day") else 1 if self.has("one_hour") else None

    @property
    def number(self) -> int | None:
        """The first number in digits, else the only number word (up to twenty); `None`: neither."""
        if match := _NUMBER.search(self.text):
            return int(match.group(1))
        named = [int(cue.removeprefix("number_")) for cue in self.cues if cue.startswith("number_")]
        return named[0] if len(named) == 1 else None


class CueFinder:
    """Finds the cues of a text. `cues` maps names to regular expressions for lower-case text; `commands` maps names to
    commands, found only where they are the whole text."""

    def __init__(self, cues: Mapping[str, list[str]], commands: Mapping[str, Command] | None = None) -> None:
        self._patterns = {name: re.compile("|".join(f"(?:{p})" for p in ps)) for name, ps in cues.items()}
        self._commands = commands or {}

    def find(self, text: str) -> frozenset[str]:
        """The names of the cues in `text`; `nearly_<name>` for a misspelt command."""
        lowered = " ".join(text.lower().split())
        cues = {name for name, pattern in self._patterns.items() if pattern.search(lowered)}
        for name, command in self._commands.items():
            if (slips := command.slips_in(lowered)) is not None:
                cues.add(f"nearly_{name}" if slips else name)
        return frozenset(cues)
