"""Proposes what a turn should expect, from what was said: facts rather than phrasing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.tools.scenarios.sides import Line

MOST = 3
LONGEST = 60
_CASE = re.compile(r"KL[TC]-\d+")
# Phone numbers, times and levels: what an answer is asked for.
_FACT = re.compile(r"\+\d[\d\s.()-]{6,}\d|\b\d+ (?:jam|hours?|menit|minutes?)\b|\bP[1-4]\b")
# `re.escape` escapes these, and nobody reads them better for it.
_NEEDLESS = re.compile(r"\\([ \-#&~,:;!'\"/=<>%@])")


def proposed(lines: Sequence[Line]) -> tuple[str, ...]:
    """Regular expressions for the bot's and the agents' `lines`: the facts in them, or else how they begin."""
    texts = [line.text for line in lines if line.author in ("bot", "agent") and line.text.strip()]
    if not texts:
        return ()
    everything = "\n".join(texts)
    facts = [*(rf"{found[:3]}-\d+" for found in _CASE.findall(everything)), *map(escaped, _FACT.findall(everything))]
    if facts:
        return tuple(dict.fromkeys(facts))[:MOST]
    return (escaped(texts[0].strip().splitlines()[0][:LONGEST]),)


def escaped(text: str) -> str:
    """A regular expression that finds `text`, as readable as it can be."""
    return _NEEDLESS.sub(r"\1", re.escape(text.strip()))
