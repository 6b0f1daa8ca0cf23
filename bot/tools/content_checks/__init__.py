"""The checks behind `kilat check`: words and facts under `data/` that contradict each other or the code.

Each module has a function `check(data)`, which yields lines such as "file:line: what is wrong. What to do."
"""

from __future__ import annotations

from pathlib import Path

from bot.core.errors import ConfigurationError
from bot.settings import ROOT
from bot.tools.content_checks import (
    canned_answers,
    duplicates,
    examples,
    greeting,
    knowledge,
    locales,
    mentions,
    notice,
    personal_words,
    phrases,
    question_sets,
    responses,
    syntax,
    topics,
    vocabulary,
)

CHECKS = (
    syntax.check, knowledge.check, locales.check, responses.check, phrases.check, personal_words.check, topics.check,
    greeting.check, examples.check, question_sets.check, duplicates.check, mentions.check, notice.check,
    vocabulary.check, canned_answers.check,
)


def problems(data: Path) -> list[str]:
    """The problems of the folder `data`, a line each."""
    found: list[str] = []
    for check in CHECKS:
        try:
            found.extend(check(data))
        except ConfigurationError as error:
            found.extend(str(error).splitlines())
    short = (line.replace(f"{data.parent}/", "").replace(f"{ROOT}/", "") for line in found)
    return list(dict.fromkeys(short))
