"""How well `kilat learn` groups and proposes: parts of the training data, held out, come back as missed questions.

In each round, from the training data are taken: two whole intents (new topics, as far as the model knows), a whole way
of asking of twelve others (the lines nearest to one of them), and a tenth of all other lines, out of scope included. A
model is trained on the rest. Of what was taken, the lines that it declines or doubts are its misses. `make bench-learn`
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import numpy as np
from numpy.typing import NDArray

from bot.adapters.sentence_encoder.encoder import Encoder, open_encoder
from bot.core.feedback import DECLINED, Neighbour, margin_of
from bot.ports.feedback import StoredFeedback
from bot.rasa_ext.classifier import HybridIntentClassifier
from bot.rasa_ext.intent_model import IntentModel, Prediction
from bot.rasa_ext.text_features import Entities, normalise
from bot.rasa_ext.vocabulary import VocabularyFinder, read_vocabulary
from bot.services.evaluation import OUT_OF_SCOPE
from bot.settings import ROOT, Settings
from bot.tools.content_checks.training_lines import read_spelling
from bot.tools.learning.feedback_rows import FeedbackRow
from bot.tools.learning.groups import DISTANCE_THRESHOLD, Matrix, vectors
from bot.tools.learning.patch import read_blocks
from bot.tools.learning.proposals import Kind, Proposal, propose

SERVED, DOUBT = HybridIntentClassifier.get_default_config(), Settings.from_environment({}).doubt_margin
WAYS, WAY_LINES, ELSE = 12, 15, 0.1
RANKED, NEAREST = 10, 3
# A question without an answer and one in another language are no topics that a group could be proposed for.
_NO_TOPICS = frozenset({OUT_OF_SCOPE, "support_unknown", "other_language"})


@dataclass(frozen=True)
class Corpus:
    """The training lines."""

    texts: list[str]  # as written
    plain: list[str]  # normalised
    intents: list[str]
    entities: list[Entities]  # found in each line
    spelling: Mapping[str, str]  # chat spelling to plain word
    encoder: Encoder | None

    @property
    def topics(self) -> list[str]:
        """The intents that have an answer."""
        return sorted(set(self.intents) - _NO_TOPICS)


@dataclass(frozen=True)
class Round:
    """Missed wordings of one fit."""

    asked: list[FeedbackRow]
    truth: Mapping[str, str]  # wording to its intent
    new: frozenset[str]  # intents that the model does not know
    vectors: Matrix  # of the wordings, [asked, d]


@dataclass
class Tally:
    """Counts of missed lines, summed over rounds."""

    missed: Counter[str]  # by the kind of proposal that is right
    proposed: Counter[str]  # by the kind that was proposed
    right: Counter[str]  # proposed rightly, by kind
    grouped: int = 0  # lines in a group with a proposal
    pure: int = 0  # of those, lines of their group's most frequent intent
    groups: int = 0  # with a proposal
    offered: int = 0  # lines in the patch
    fitting: int = 0  # of those, lines under their own intent
    found: int = 0  # intents taken away that came back as a new topic
    hidden: int = 0  # intents taken away


class CachingEncoder:
    """An encoder that encodes each text once; token frequencies are counted once, over all texts."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        self._frequencies = encoder.frequencies(texts)
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def frequencies(self, texts: Sequence[str]) -> Mapping[int, float]:
        """See `Encoder`."""
        return self._frequencies

    def encode(self, texts: Sequence[str], frequencies: Mapping[int, float] | None = None) -> NDArray[np.float32]:
        """See `Encoder`."""
        unseen = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if unseen:
            self._vectors.update(zip(unseen, self._encoder.encode(unseen, self._frequencies), strict=True))
        return np.stack([self._vectors[text] for text in texts])

    def is_word(self, word: str) -> bool:
        """See `Encoder`."""
        return self._encoder.is_word(word)


def read_corpus(encoder: Encoder | None, every: int = 1) -> Corpus:
    """Every `every`-th line of `data/nlu/`, each wording once."""
    lines = {text: block.intent for block in read_blocks(ROOT / "data") for text in block.texts[::every]}
    texts = list(lines)
    counts = Counter(word for text in texts for word in re.findall(r"[^\W\d_]+", text.lower()))
    known = sorted(word for word, count in counts.items() if count > 1)
    finder = VocabularyFinder(read_vocabulary(ROOT / "data" / "vocabulary"), known)
    entities = [[(item.entity, item.value) for item in finder.find(text)] for text in texts]
    spelling = read_spelling(ROOT / "data")
    plain = [normalise(text, spelling) for text in texts]
    return Corpus(texts, plain, list(lines.values()), entities, spelling,
                  CachingEncoder(encoder, plain) if encoder else None)


def one_round(corpus: Corpus, seed: int) -> Round:
    """Hold out, train, and collect what is missed."""
    rng = random.Random(seed)
    new = frozenset(rng.sample(corpus.topics, 2))
    everything = vectors(corpus.plain, corpus.plain, corpus.encoder)
    held = {place for place, intent in enumerate(corpus.intents) if intent in new}
    others = [topic for topic in corpus.topics if topic not in new]
    for intent in rng.sample(others, WAYS):
        held.update(_way_of_asking(corpus, everything, intent, rng))
    held.update(place for place in range(len(corpus.texts)) if rng.random() < ELSE)
    kept = [place for place in range(len(corpus.texts)) if place not in held]
    model = IntentModel.fit([corpus.texts[place] for place in kept], [corpus.entities[place] for place in kept],
                            [corpus.intents[place] for place in kept], corpus.encoder, corpus.spelling)
    asked, places = [], []
    for place in sorted(held):
        prediction = model.predict(corpus.texts[place], corpus.entities[place], corpus.encoder, NEAREST)
        intent = _taken_for(prediction.ranking)
        if intent in DECLINED or margin_of(prediction.ranking) < DOUBT:
            asked.append(_asked(corpus, place, intent, prediction))
            places.append(place)
    return Round(asked, {one.text: corpus.intents[place] for one, place in zip(asked, places, strict=True)}, new,
                 everything[places])


def known_only(one: Round) -> Round:
    """A week in which nobody asks for anything new."""
    places = [place for place, asked in enumerate(one.asked) if one.truth[asked.text] not in one.new]
    asked = [one.asked[place] for place in places]
    return Round(asked, {each.text: one.truth[each.text] for each in asked}, frozenset(), one.vectors[places])


def score(one: Round, proposals: Sequence[Proposal], tally: Tally) -> None:
    """Add a round. A line is proposed rightly as an extension of its own intent, as out of scope where it is, and as a
    new topic where most of its group are lines of one intent that is new, its own."""
    homes: dict[str, int] = defaultdict(int)
    for text in one.truth:
        tally.missed[_kind(one, text)] += 1
    for proposal in proposals:
        if proposal.kind is Kind.NOTHING:
            continue
        truths = Counter(one.truth[asked.text] for asked in proposal.rows)
        most, count = truths.most_common(1)[0]
        tally.groups += 1
        tally.grouped += sum(truths.values())
        tally.pure += count
        tally.proposed[proposal.kind.value] += sum(truths.values())
        meant = proposal.intent or (most if most in one.new and 2 * count > sum(truths.values()) else None)
        if proposal.intent:
            tally.offered += len(proposal.picked)
            tally.fitting += sum(one.truth[asked.text] == proposal.intent for asked in proposal.picked)
        tally.right[proposal.kind.value] += truths[meant] if meant else 0
        if proposal.kind is Kind.NEW and meant:
            homes[meant] += count
    tally.hidden += len(one.new)
    tally.found += len(homes)


def lines(tally: Tally) -> Iterator[str]:
    """The table."""
    missed = sum(tally.missed.values())
    share = tally.grouped / missed
    yield f"{missed} missed lines; {tally.groups} groups with a proposal hold {tally.grouped} ({share:.0%})"
    yield f"purity (lines of their group's most frequent intent): {tally.pure / max(tally.grouped, 1):.1%}"
    yield f"intents taken away that come back as a new topic: {tally.found} of {tally.hidden}"
    yield f"lines in the patch under their own intent: {tally.fitting} of {tally.offered}"
    yield f"{'proposal':<14}{'lines':>7}{'right':>7}{'precision':>11}{'recall':>8}"
    for kind in (Kind.EXTEND, Kind.NEW, Kind.OUT_OF_SCOPE):
        name = kind.value
        proposed, right = tally.proposed[name], tally.right[name]
        yield (f"{name:<14}{proposed:>7}{right:>7}{right / max(proposed, 1):>11.1%}"
               f"{right / max(tally.missed[name], 1):>8.1%}")


def measure(rounds: Sequence[Round], distance_threshold: float) -> Tally:
    """Group and propose for each round, and count."""
    tally = Tally(Counter(), Counter(), Counter())
    for one in rounds:
        score(one, propose(one.asked, one.vectors, distance_threshold), tally)
    return tally


def main() -> None:
    """Print the table, with the encoder of this machine or without."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=4, help="of the first round; the constants were set on 0 to 3")
    parser.add_argument("--every", type=int, default=1, help="take every n-th line alone, to be quick")
    parser.add_argument("--no-encoder", action="store_true")
    arguments = parser.parse_args()
    encoder = None if arguments.no_encoder else open_encoder()
    corpus = read_corpus(encoder, arguments.every)
    rounds = [one_round(corpus, seed) for seed in range(arguments.seed, arguments.seed + arguments.rounds)]
    print(f"{arguments.rounds} rounds of {len(corpus.texts)} lines, {'with' if encoder else 'without'} encoder")
    print("\n".join(lines(measure(rounds, DISTANCE_THRESHOLD))))
    print("\nThe same without the lines of what is new:")
    print("\n".join(lines(measure([known_only(one) for one in rounds], DISTANCE_THRESHOLD))))


def _way_of_asking(corpus: Corpus, everything: Matrix, intent: str, rng: random.Random) -> list[int]:
    """One line of an intent, by lot, and those nearest to it."""
    own = [place for place, name in enumerate(corpus.intents) if name == intent]
    near = np.argsort(-(everything[own] @ everything[rng.choice(own)]))
    return [own[at] for at in near[:min(WAY_LINES, len(own) // 4)]]


def _taken_for(ranking: Sequence[tuple[str, float]]) -> str:
    """What the classifier makes of a ranking, out of caution."""
    if dict(ranking).get(OUT_OF_SCOPE, 0.0) >= SERVED["out_of_scope"]:
        return OUT_OF_SCOPE
    return ranking[0][0] if ranking[0][1] >= SERVED["threshold"] else "nlu_fallback"


def _asked(corpus: Corpus, place: int, intent: str, prediction: Prediction) -> FeedbackRow:
    text = corpus.texts[place]
    record = StoredFeedback(str(place), 1, datetime.now(timezone.utc), "", text, (), intent, (), 0.0, None, None)
    return FeedbackRow(text, (record,), intent, tuple(prediction.ranking[:RANKED]),
                       tuple(Neighbour(*near) for near in prediction.nearest))


def _kind(one: Round, text: str) -> str:
    truth = one.truth[text]
    if truth in one.new:
        return Kind.NEW.value
    return Kind.OUT_OF_SCOPE.value if truth == OUT_OF_SCOPE else Kind.EXTEND.value


if __name__ == "__main__":
    main()
