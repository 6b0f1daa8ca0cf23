"""The figures of an evaluation as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.services.evaluation import Evaluation, Figures, Outcome, Score

WEAKEST = 15
_MOST_CONFUSIONS = 3


def table(evaluation: Evaluation) -> Iterator[str]:
    """Topics by language, kinds, declined questions, and the weakest intents."""
    figures = evaluation.figures
    yield from _topics(figures)
    yield ""
    yield "By kind: " + ", ".join(f"{name} {_short(score)}" for name, score in figures.kinds.items())
    declined = ", ".join(f"{name} {_short(score)}" for name, score in figures.declined.items())
    yield f"Out of scope and declined: {declined or 'none asked'}"
    lost = Score(figures.answered.asked - figures.answered.right, figures.answered.asked)
    yield f"In scope and declined all the same: {_short(lost)}"
    yield ""
    yield "The weakest intents, and what they were taken for:"
    yield from _weakest(evaluation)


def failures(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line for each question that was taken for something else."""
    for one in outcomes:
        if not one.is_right:
            asked, intents = one.question, " or ".join(one.question.intents)
            yield f"{asked.say}  [{asked.lang}, {asked.kind}; {intents} -> {one.intent} {one.confidence:.2f}]"


def _topics(figures: Figures) -> Iterator[str]:
    yield f"{'':<14}" + "".join(f"{name:>18}" for name in (*figures.languages, "all"))
    for topic, score in figures.topics.items():
        cells = [figures.topics_by_language.get(f"{topic}/{language}") for language in figures.languages]
        yield f"{topic:<14}" + "".join(f"{_cell(cell):>18}" for cell in (*cells, score))
    yield f"{'all':<14}" + "".join(f"{_cell(score):>18}" for score in (*figures.languages.values(), figures.total))


def _weakest(evaluation: Evaluation) -> Iterator[str]:
    scores = evaluation.figures.intents
    for intent in sorted(scores, key=lambda name: scores[name].percent)[:WEAKEST]:
        if scores[intent].right < scores[intent].asked:
            taken = [f"{got} ×{count}" for expected, got, count in evaluation.confusions if expected == intent]
            yield f"  {intent:<22}{_cell(scores[intent]):>16}   {', '.join(taken[:_MOST_CONFUSIONS])}"


def _cell(score: Score | None) -> str:
    return f"{score.right}/{score.asked} {score.percent:5.1f}%" if score else "-"


def _short(score: Score) -> str:
    return f"{score.percent:.1f}% ({score.right}/{score.asked})"
