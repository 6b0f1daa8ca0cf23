"""The greeting offers a few topics that exist, each once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.yaml_reader import read

MOST_BUTTONS = 4


def check(data: Path) -> Iterator[str]:
    """Compare the greeting's questions with the topics."""
    known = {key.text for key, _ in read(data / "topics.yml").pairs()}
    questions = read(data / "greeting.yml").entry("questions")
    offered = questions.items()
    if not 1 <= len(offered) <= MOST_BUTTONS:
        yield questions.problem(f"the greeting offers {len(offered)} questions. Offer 1 to {MOST_BUTTONS}.")
    names = [question.text for question in offered]
    for number, question in enumerate(offered):
        if question.text not in known:
            yield question.problem(f"the greeting's question {question.text} does not exist. Name one of topics.yml.")
        elif question.text in names[:number]:
            yield question.problem(f"the greeting's question {question.text} stands twice. Name another one.")
