"""Reads canned answers from `data/locales/<language>/canned/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.locales import read_locales
from bot.languages import LANGUAGES

# Filled by the console: the visitor's and the agent's name, the case's number. The agent fills `number`, of a ticket.
PLACEHOLDERS = frozenset({"name", "agent", "case", "number"})


@dataclass(frozen=True)
class Canned:
    """A canned answer."""

    id: str
    title: Mapping[str, str]  # by language
    text: Mapping[str, str]  # by language; with `{placeholders}`


def read_canned(data: Path) -> tuple[Canned, ...]:
    """All canned answers, by file name. `kilat check` validates the files."""
    answers = read_locales(data, "canned")
    return tuple(
        Canned(key, *({language: answers[language][key][part] for language in LANGUAGES} for part in ("title", "text")))
        for key in answers[LANGUAGES[0]])
