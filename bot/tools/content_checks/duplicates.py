"""Finds training lines that stand twice, are nearly equal under two intents, or are nearly a test question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.tools.content_checks.accepted_findings import Accepted
from bot.tools.content_checks.similarity import nearly_equal
from bot.tools.content_checks.training_lines import Line, questions_asked, training_lines

# Words. Shorter messages ("halo", "P1 berapa lama") have few wordings, so a training line may equal a test question.
SHORTEST_LEAK = 4
_DIGIT = re.compile(r"\d")


def check(data: Path) -> Iterator[str]:
    """Check all training lines. A leak is reported without the question: who mends the data must not see the tests."""
    lines, asked = training_lines(data), questions_asked(data)
    yield from _twice(lines)
    alike, leaks = Accepted(data, "alike"), Accepted(data, "leaks")
    leaked: set[str] = set()
    for one, other in nearly_equal([*lines, *asked]):
        if one.intent and other.intent:
            if _are_confusing(one, other) and not alike.covers(one.text, other.text):
                yield (f"{other.at}: {other.text!r} [{other.intent}] is nearly {one.text!r} [{one.intent}] ({one.at}). "
                       "Move or reword one of them, or accept both in data/accepted_findings.yml.")
        elif one.intent and one.at not in leaked and len(one.plain.split()) >= SHORTEST_LEAK:
            leaked.add(one.at)
            if not leaks.covers(one.text):
                yield f"{one.at}: {one.text!r} is nearly the test question at {other.at}. Remove or reword the line."
    yield from alike.problems()
    if asked:
        yield from leaks.problems()


def _twice(lines: Sequence[Line]) -> Iterator[str]:
    first: dict[str, Line] = {}
    for line in lines:
        other = first.setdefault(line.plain, line)
        if other is not line and other.intent == line.intent:
            yield f"{line.at}: {line.text!r} stands at {other.at} already, as {other.text!r}. Remove one of them."
        elif other is not line:
            where = f"under {other.intent} too ({other.at})"
            yield f"{line.at}: {line.text!r} stands {where}. Keep it in one of the intents."


def _are_confusing(one: Line, other: Line) -> bool:
    """True for unequal lines of two intents with the same digits; "what is P2" and "what is P5" are not confusing."""
    digits = _DIGIT.findall(one.plain) == _DIGIT.findall(other.plain)
    return one.intent != other.intent and one.plain != other.plain and digits
