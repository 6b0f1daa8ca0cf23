"""Proposes what to do with each group of questions, by rules that a person can check by the figures in the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from bot.core.feedback import DECLINED
from bot.services.evaluation import OUT_OF_SCOPE
from bot.tools.learning.feedback_rows import FeedbackRow
from bot.tools.learning.groups import (
    Matrix,
    by_centrality,
    cluster,
    cohesion,
    farthest_point_sample,
    probability_matrix,
)

# A group of fewer people is chance, or one person.
MIN_PEOPLE = 3
# The mean probability of `out_of_scope` from which a group is out of scope, and of an intent from which the group
# extends the intent. The nearest training lines help little to decide (docs/learning.md); the report shows them.
MIN_OUT_OF_SCOPE = 0.9
MIN_INTENT = 0.3
# The mean cosine of its wordings from which a group is one topic.
MIN_COHESION = 0.28
# Lines of one group that are worth learning; more add nothing.
MOST_LINES = 10
_SHOWN = 3


class Kind(str, Enum):
    """What to do with a group."""

    EXTEND = "extend"
    NEW = "new topic"
    OUT_OF_SCOPE = "out of scope"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Proposal:
    """A group of wordings, and what to do with it."""

    number: int  # in the report, from 1
    kind: Kind
    rows: tuple[FeedbackRow, ...]  # the most typical wording first
    intent: str | None  # the intent to extend
    support: tuple[tuple[str, float, float], ...]  # (intent, mean probability, share of the nearest training lines)
    cohesion: float  # mean cosine of two of the wordings
    picked: tuple[FeedbackRow, ...]  # the wordings worth learning, unlike each other

    @property
    def people(self) -> int:
        """The number of conversations."""
        return len(frozenset[str]().union(*(row.people for row in self.rows)))

    @property
    def languages(self) -> tuple[tuple[str, int], ...]:
        """The languages with the number of messages in each, the most frequent first."""
        return tuple(Counter(record.lang for row in self.rows for record in row.records).most_common())

    @property
    def keys(self) -> tuple[tuple[str, int], ...]:
        """The messages, as `FeedbackStore.settle` wants them."""
        return tuple((record.conversation_id, record.seq) for row in self.rows for record in row.records)


def propose(rows: Sequence[FeedbackRow], vectors: Matrix, distance_threshold: float) -> list[Proposal]:
    """A proposal for each group of `rows`, most people first; `vectors` are `[rows, d]`."""
    groups = cluster(vectors, [row.ranking for row in rows], distance_threshold)
    found = [_proposal([rows[place] for place in places], vectors[places]) for places in groups]
    found.sort(key=lambda one: (one.kind is Kind.NOTHING, -one.people))
    return [replace(one, number=number) for number, one in enumerate(found, start=1)]


def _proposal(rows: Sequence[FeedbackRow], vectors: Matrix) -> Proposal:
    support, dense = _support(rows), cohesion(vectors)
    kind, intent = Kind.NOTHING, None
    if len(frozenset[str]().union(*(row.people for row in rows))) >= MIN_PEOPLE:
        kind, intent = classify_group(support, dense)
    places = [place for place, one in enumerate(rows) if kind is not Kind.NOTHING and _adds(one, intent)]
    picked = tuple(rows[places[place]] for place in farthest_point_sample(vectors[places], MOST_LINES))
    typical = tuple(rows[place] for place in by_centrality(vectors))
    return Proposal(0, kind, typical, intent, support[:_SHOWN], dense, picked)


def classify_group(support: Sequence[tuple[str, float, float]], dense: float) -> tuple[Kind, str | None]:
    """(kind, the intent to extend) of a group, by its `support` and its cohesion."""
    means = {name: share for name, share, _ in support}
    if means.pop(OUT_OF_SCOPE, 0.0) >= MIN_OUT_OF_SCOPE:
        return Kind.OUT_OF_SCOPE, OUT_OF_SCOPE
    best = max(means, key=lambda name: means[name], default="")
    # Questions that are known to have no answer (`support_unknown`) may be worth a topic of their own.
    if means.get(best, 0.0) >= MIN_INTENT and best not in DECLINED:
        return Kind.EXTEND, best
    return (Kind.NEW, None) if dense >= MIN_COHESION else (Kind.NOTHING, None)


def _support(rows: Sequence[FeedbackRow]) -> tuple[tuple[str, float, float], ...]:
    matrix, intents = probability_matrix([row.ranking for row in rows])
    near = Counter(neighbour.intent for row in rows for neighbour in row.nearest)
    count = max(sum(near.values()), 1)
    means = dict(zip(intents, matrix.mean(axis=0).tolist(), strict=True))
    found = ((name, means.get(name, 0.0), near[name] / count) for name in {*intents, *near})
    return tuple(sorted(found, key=lambda item: (-item[1] - item[2], item[0])))


def _adds(row: FeedbackRow, intent: str | None) -> bool:
    """False for a wording that the model already declines as out of scope, or that is more like another intent."""
    if intent == OUT_OF_SCOPE:
        return row.intent != OUT_OF_SCOPE
    inside = [name for name, _ in row.ranking if name != OUT_OF_SCOPE]
    return intent is None or inside[:1] == [intent]
