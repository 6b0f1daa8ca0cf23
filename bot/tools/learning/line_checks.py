"""Checks which proposed lines the training data may take, and why a person must look at the others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.tools.content_checks.similarity import nearly_equal
from bot.tools.content_checks.training_lines import Line, as_lines, questions_asked, training_lines
from bot.tools.learning.patch import LONGEST, is_valid_example


def rejections(texts: Iterable[str], data: Path) -> dict[str, str]:
    """Text to the reason why a person should reword it or leave it out; a good text has no entry."""
    every = list(dict.fromkeys(texts))
    found = {text: f"holds a mask or markup, or more than {LONGEST} characters"
             for text in every if not is_valid_example(text)}
    proposed = as_lines([text for text in every if text not in found], data)
    mine = {id(line) for line in proposed}
    for known, line in nearly_equal([*training_lines(data), *questions_asked(data), *proposed]):
        if id(line) in mine and known.text not in found:
            found.setdefault(line.text, _told(known, data))
    return found


def _told(known: Line, data: Path) -> str:
    if not known.at:
        return f"nearly {known.text!r}, which is proposed too"
    at = known.at.removeprefix(f"{data.parent}/")
    # The text of a test question is not shown: who mends the data must not learn the test.
    return f"nearly {known.text!r} of {known.intent} ({at})" if known.intent else f"nearly a test question ({at})"
