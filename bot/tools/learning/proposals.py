"""What to do with each group of questions, and why: rules that a person can check by the figures in the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from bot.core.feedback import DECLINED
from bot.tools.learning.feedback_rows import OUT_OF_SCOPE, Asked
from bot.tools.learning.groups import Matrix, cohesion, group, shares, typical_first, varied

# Fewer people than this ask it: chance, or one person.
FEWEST_PEOPLE = 3
# Mean probability of out_of_scope in a group, from which it is out of scope, and of another intent, from which that is
# meant. The nearest training lines help little to tell (docs/learning.md); they are shown.
OUTSIDE = 0.9
MEANT = 0.3
# Mean cosine within a group, from which it is one topic.
DENSE = 0.28
# More lines than this of one group add nothing.
MOST_LINES = 10
_SHOWN = 3


class Kind(str, Enum):
    """What is proposed."""

    EXTEND = "extend"
    NEW = "new topic"
    OUT_OF_SCOPE = "out of scope"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Proposal:
    """A group, the most typical wording first. `intent` is the one to extend; `support` tells of the
    likeliest intents their mean probability and their share of the nearest training lines, the best supported first;
    `cohesion` is the mean cosine of two of its wordings; `picked` are those worth learning, unlike each other."""

    number: int
    kind: Kind
    asked: tuple[Asked, ...]
    intent: str | None
    support: tuple[tuple[str, float, float], ...]
    cohesion: float
    picked: tuple[Asked, ...]

    @property
    def people(self) -> int:
        """How many conversations asked it."""
        return len(frozenset[str]().union(*(asked.people for asked in self.asked)))

    @property
    def languages(self) -> tuple[tuple[str, int], ...]:
        """The languages with the number of messages in each, the most frequent first."""
        return tuple(Counter(missed.lang for asked in self.asked for missed in asked.misses).most_common())

    @property
    def keys(self) -> tuple[tuple[str, int], ...]:
        """The messages, as `FeedbackStore.settle` wants them."""
        return tuple((missed.conversation_id, missed.seq) for asked in self.asked for missed in asked.misses)


def propose(asked: Sequence[Asked], vectors: Matrix, farthest: float) -> list[Proposal]:
    """A proposal for each group of `asked`, most people first; `vectors` are `[len(asked), d]`."""
    groups = group(vectors, [one.ranking for one in asked], farthest)
    found = [_proposal([asked[place] for place in places], vectors[places]) for places in groups]
    found.sort(key=lambda one: (one.kind is Kind.NOTHING, -one.people))
    return [replace(one, number=number) for number, one in enumerate(found, start=1)]


def _proposal(asked: Sequence[Asked], vectors: Matrix) -> Proposal:
    support, dense = _support(asked), cohesion(vectors)
    kind, intent = Kind.NOTHING, None
    if len(frozenset[str]().union(*(one.people for one in asked))) >= FEWEST_PEOPLE:
        kind, intent = judge(support, dense)
    places = [place for place, one in enumerate(asked) if kind is not Kind.NOTHING and _adds(one, intent)]
    picked = tuple(asked[places[place]] for place in varied(vectors[places], MOST_LINES))
    typical = tuple(asked[place] for place in typical_first(vectors))
    return Proposal(0, kind, typical, intent, support[:_SHOWN], dense, picked)


def judge(support: Sequence[tuple[str, float, float]], dense: float) -> tuple[Kind, str | None]:
    """What a group is, and the intent that it extends; see the constants above for what each figure means."""
    means = {name: share for name, share, _ in support}
    if means.pop(OUT_OF_SCOPE, 0.0) >= OUTSIDE:
        return Kind.OUT_OF_SCOPE, OUT_OF_SCOPE
    best = max(means, key=lambda name: means[name], default="")
    # What is known to have no answer (`support_unknown`) is understood well, and may be worth a topic of its own.
    if means.get(best, 0.0) >= MEANT and best not in DECLINED:
        return Kind.EXTEND, best
    return (Kind.NEW, None) if dense >= DENSE else (Kind.NOTHING, None)


def _support(asked: Sequence[Asked]) -> tuple[tuple[str, float, float], ...]:
    matrix, intents = shares([one.ranking for one in asked])
    near = Counter(neighbour.intent for one in asked for neighbour in one.nearest)
    count = max(sum(near.values()), 1)
    means = dict(zip(intents, matrix.mean(axis=0).tolist(), strict=True))
    found = ((name, means.get(name, 0.0), near[name] / count) for name in {*intents, *near})
    return tuple(sorted(found, key=lambda item: (-item[1] - item[2], item[0])))


def _adds(asked: Asked, intent: str | None) -> bool:
    """Nothing is learnt from what is declined as out of scope already, nor from what is more like another intent."""
    if intent == OUT_OF_SCOPE:
        return asked.intent != OUT_OF_SCOPE
    inside = [name for name, _ in asked.ranking if name != OUT_OF_SCOPE]
    return intent is None or inside[:1] == [intent]
