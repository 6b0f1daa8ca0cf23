"""Proposes what a turn should expect, from what was said: facts rather than phrasing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.tools.scenarios.sides import Line

MOST = 6
LONGEST = 60
# Numbers of cases, tickets and phones, times and levels: what an answer is asked for.
_FACT = re.compile(r"KL[TC]-\d+|\+\d[\d\s.()-]{6,}\d|\b\d+ (?:jam|hours?|menit|minutes?)\b|\bP[1-4]\b")
_CASE = re.compile(r"(KL[TC])-\d+")
# `re.escape` escapes these, and nobody reads them better for it.
_NEEDLESS = re.compile(r"\\([ \-#&~,:;!'\"/=<>%@])")


def proposed(lines: Sequence[Line]) -> tuple[str, ...]:
    """Regular expressions for the bot's and the agents' `lines`: the facts of each row, or else how they begin."""
    texts = [line.text for line in lines if line.author in ("bot", "agent") and line.text.strip()]
    if not texts:
        return ()
    rows = [row.strip() for text in texts for row in text.splitlines() if row.strip()]
    facts = [".*".join(map(_pattern, found)) for row in rows if (found := dict.fromkeys(_FACT.findall(row)))]
    if facts:
        return tuple(dict.fromkeys(facts))[:MOST]
    # "Here is who can call support:" tells less than what follows.
    telling = next((row for row in rows if not row.endswith(":")), rows[0])
    return (escaped(_beginning(telling)),)


def _pattern(fact: str) -> str:
    """A fact as it may come again: each case has another number."""
    case = _CASE.fullmatch(fact)
    return rf"{case[1]}-\d+" if case else escaped(fact)


def _beginning(line: str) -> str:
    """The first words of `line`."""
    return line if len(line) <= LONGEST else line[:LONGEST + 1].rpartition(" ")[0] or line[:LONGEST]


def escaped(text: str) -> str:
    """A regular expression that finds `text`, as readable as it can be."""
    return _NEEDLESS.sub(r"\1", re.escape(text.strip()))
