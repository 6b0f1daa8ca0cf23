"""Measures how well a model understands labelled questions: outcomes, figures, and losses beyond noise.

    evaluation = evaluate(parse, questions)     # parse: text -> (intent, confidence)
    evaluation.figures.as_json()                # to keep with a version of the model; `Figures.from_json` reads it
    losses(kept, evaluation.figures)            # what got worse, beyond noise

`bot.adapters.evaluation_sets.read_questions` reads questions; `bot.rasa_ext.parser.open_parser` opens a trained model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any, NamedTuple

OUT_OF_SCOPE = "out_of_scope"
NOT_UNDERSTOOD = "nlu_fallback"
DECLINED = frozenset({OUT_OF_SCOPE, NOT_UNDERSTOOD})
# A loss is reported when a model as good as before would answer so few rightly with less than this probability.
CHANCE = 0.01

Parse = Callable[[str], tuple[str, float]]


class Score(NamedTuple):
    """A count of right answers."""

    right: int
    asked: int  # all questions

    @property
    def percent(self) -> float:
        """From 0 to 100; 100 when nothing was asked."""
        return 100 * self.right / self.asked if self.asked else 100.0


@dataclass(frozen=True)
class Question:
    """A message with its right intents."""

    say: str
    lang: str  # `id`, `en`, `mixed` …
    kind: str  # how it is asked: `chat`, `typo` …; `near` or `far` for out of scope
    intents: tuple[str, ...]  # each is right
    topic: str  # the file of the first intent in topics.yml

    @property
    def is_out_of_scope(self) -> bool:
        """True for a message that should be declined."""
        return OUT_OF_SCOPE in self.intents


@dataclass(frozen=True)
class Outcome:
    """A question and the model's prediction."""

    question: Question
    intent: str
    confidence: float  # 0 to 1

    @property
    def is_right(self) -> bool:
        """True when the intent is one of the right ones."""
        return self.intent in self.question.intents

    @property
    def is_declined(self) -> bool:
        """True when no topic answers: out of scope, or not understood."""
        return self.intent in DECLINED


@dataclass(frozen=True)
class Figures:
    """Scores of right intents, in all and by group, and two of declining."""

    total: Score
    languages: Mapping[str, Score]
    topics: Mapping[str, Score]
    topics_by_language: Mapping[str, Score]  # "phone/id"
    kinds: Mapping[str, Score]
    intents: Mapping[str, Score]
    declined: Mapping[str, Score]  # questions out of scope that no topic answers, by kind
    answered: Score  # questions in scope that are not declined

    def as_json(self) -> dict[str, Any]:
        """Plain values; a score is `[right, asked]`."""
        return {name: list(value) if isinstance(value, Score) else {key: list(score) for key, score in value.items()}
                for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Figures:
        """The figures that `as_json` gave."""
        values: dict[str, Any] = {
            name: {key: Score(*score) for key, score in value.items()} if isinstance(value, Mapping) else Score(*value)
            for name, value in stored.items()
        }
        return cls(**values)


@dataclass(frozen=True)
class Evaluation:
    """The outcomes of all questions, in their order."""

    outcomes: tuple[Outcome, ...]

    @cached_property
    def figures(self) -> Figures:
        """The figures, counted once."""
        inside = [one for one in self.outcomes if not one.question.is_out_of_scope]
        outside = [one for one in self.outcomes if one.question.is_out_of_scope]
        return Figures(
            total=Score(sum(one.is_right for one in self.outcomes), len(self.outcomes)),
            languages=_scores((one.question.lang, one.is_right) for one in self.outcomes),
            topics=_scores((one.question.topic, one.is_right) for one in self.outcomes),
            topics_by_language=_scores((f"{one.question.topic}/{one.question.lang}", one.is_right)
                                       for one in self.outcomes),
            kinds=_scores((one.question.kind, one.is_right) for one in self.outcomes),
            intents=_scores((one.question.intents[0], one.is_right) for one in self.outcomes),
            declined=_scores((one.question.kind, one.is_declined) for one in outside),
            answered=Score(sum(not one.is_declined for one in inside), len(inside)),
        )

    @property
    def confusions(self) -> list[tuple[str, str, int]]:
        """(expected, taken for, how often) of wrong predictions, the most frequent first."""
        pairs = Counter((one.question.intents[0], one.intent) for one in self.outcomes if not one.is_right)
        return [(expected, got, count) for (expected, got), count in pairs.most_common()]


class Loss(NamedTuple):
    """A figure that fell."""

    name: str
    before: Score
    now: Score
    chance: float  # the probability of this loss, or a larger one, by chance alone


def evaluate(parse: Parse, questions: Iterable[Question]) -> Evaluation:
    """Ask the model each question once."""
    return Evaluation(tuple(Outcome(question, *parse(question.say)) for question in questions))


def losses(before: Figures, now: Figures, chance: float = CHANCE) -> list[Loss]:
    """The figures (total, languages, topics, both, declined, answered) that fell by more than noise explains.

    By a one-sided binomial test: a model as good as before would be right so seldom with a probability below `chance`.
    The same questions are asked again, so the real noise is smaller, and the test errs on the safe side. One right and
    one wrong answer are added to `before`, so that a perfect score may be missed by one.
    """
    found = []
    for name, old, new in _in_both(before, now):
        likely = _at_most(new.right, new.asked, (old.right + 1) / (old.asked + 2))
        if new.percent < old.percent and likely < chance:
            found.append(Loss(name, old, new, likely))
    return found


def _in_both(before: Figures, now: Figures) -> Iterator[tuple[str, Score, Score]]:
    yield "all", before.total, now.total
    yield "answered", before.answered, now.answered
    for group in ("languages", "topics", "topics_by_language", "declined"):
        old, new = getattr(before, group), getattr(now, group)
        yield from ((name, old[name], new[name]) for name in sorted(old.keys() & new.keys()))


def _at_most(right: int, asked: int, rate: float) -> float:
    """The binomial probability of `right` or fewer of `asked`."""
    return sum(comb(asked, k) * rate**k * (1 - rate) ** (asked - k) for k in range(right + 1))


def _scores(results: Iterable[tuple[str, bool]]) -> dict[str, Score]:
    """Scores by name, sorted by name."""
    tallies: dict[str, list[bool]] = defaultdict(list)
    for name, good in results:
        tallies[name].append(good)
    return {name: Score(sum(tallies[name]), len(tallies[name])) for name in sorted(tallies)}
