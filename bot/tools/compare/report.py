"""Differences between two models as lines for a terminal, or for a file."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from bot.tools.compare.questions import ChangedAnswer, SetComparison
from bot.tools.compare.turns import ChangedTurn, Comparison

_A, _B = "red", "green"


def of_turns(found: Comparison) -> Iterator[Text]:
    """Each turn that differs, then the summary."""
    for turn in found.changed:
        yield from _turn(turn)
    yield Text(f"{len(found.changed)} of {found.turns} turns differ.", "bold")
    for letter, names in (("A", found.only_a), ("B", found.only_b)):
        yield Text(f"{len(names)} scenarios go well only with {letter}{':' if names else '.'}", "bold")
        yield from (Text(f"  {name}") for name in names)


def of_set(found: SetComparison, *, shown: bool) -> Iterator[Text]:
    """What was gained and lost, by intent or with the questions, then the accuracies."""
    for heading, answers in (("Right only with B", found.gained), ("Right only with A", found.lost),
                             ("Taken otherwise, and no better", found.other)):
        yield Text(f"{heading}: {len(answers)}", "bold")
        yield from (Text(f"  {_answer(one, shown=shown)}") for one in answers)
    for letter, score in (("A", found.a), ("B", found.b)):
        yield Text(f"{letter}: {score.percent:.1f}% of {score.asked}, {score.right} right", "bold")


def _turn(turn: ChangedTurn) -> Iterator[Text]:
    yield Text(f"{turn.at} {turn.step}", "bold")
    for name, pair in turn.changes.items():
        for letter, value, style in (("A", pair.a, _A), ("B", pair.b, _B)):
            first, *rest = value.splitlines() or ["nothing"]
            yield Text(f"  {name if letter == 'A' else '':<9}{letter} {first}", style)
            yield from (Text(f"{'':<13}{line}", style) for line in rest)
    yield Text("")


def _answer(one: ChangedAnswer, *, shown: bool) -> str:
    text = f"{one.question.say}  " if shown else ""
    return f"{text}[{one.question.lang}; {' or '.join(one.question.intents)}: {one.a} -> {one.b}]"
