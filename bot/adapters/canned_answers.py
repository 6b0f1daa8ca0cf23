"""Canned answers: what agents say often, in every language, from `data/locales/<language>/canned/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.locales import read_locales
from bot.languages import LANGUAGES

# What the console fills in: the visitor, the agent, the case's number; the number of a ticket the agent adds.
PLACEHOLDERS = frozenset({"name", "agent", "case", "number"})


@dataclass(frozen=True)
class Canned:
    """A canned answer: `title` and `text` by language; the text has `{placeholders}`."""

    id: str
    title: Mapping[str, str]
    text: Mapping[str, str]


def read_canned(data: Path) -> tuple[Canned, ...]:
    """All of them, in the order of the files' names; `kilat check` has looked at them."""
    answers = read_locales(data, "canned")
    return tuple(
        Canned(key, *({language: answers[language][key][part] for language in LANGUAGES} for part in ("title", "text")))
        for key in answers[LANGUAGES[0]]
    )
