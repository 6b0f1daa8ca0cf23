"""Canned answers: what agents say often, in every language, from `data/canned/<topic>.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from bot.languages import in_every_language

# What the console fills in: the visitor, the agent, the case's number; the number of a ticket the agent adds.
PLACEHOLDERS = frozenset({"name", "agent", "case", "number"})


@dataclass(frozen=True)
class Canned:
    """A canned answer: `title` and `text` by language; the text has `{placeholders}`."""

    id: str
    title: Mapping[str, str]
    text: Mapping[str, str]


def read_canned(data: Path) -> tuple[Canned, ...]:
    """All of `data/canned/`, in the order of the files' names; `kilat check` has looked at them."""
    return tuple(
        Canned(item["id"], in_every_language(item["title"]),
               in_every_language({language: text.strip() for language, text in item["text"].items()}))
        for path in sorted((data / "canned").glob("*.yml"))
        for item in YAML(typ="safe").load(path)
    )
