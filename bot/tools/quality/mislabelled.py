"""Training lines that all others take for another intent: `kilat check --vectors`.

Each line is judged by a model of all the other lines. For kernel ridge regression that takes no training per line: with
G the inverse of (K + rI), the scores of line i left out are y_i - (G y)_i / G_ii. K compares lines by sentence vector,
words, characters and the vocabulary's marks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import spotrf, strtri
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.core.errors import ConfigurationError
from bot.rasa_ext.encoder import open_encoder
from bot.rasa_ext.vocabulary import VocabularyFinder, read_vocabulary
from bot.tools.content_checks.accepted import Accepted
from bot.tools.content_checks.training_lines import Line, training_lines
from bot.tools.quality.vector_store import Encode, StoredVectors

Matrix = NDArray[np.float32]

# How far another intent leads: 1 is for certain. docs/evaluation.md tells what is found and what is a false alarm.
LEAD = 0.5
# An accepted line may lead by less, for each change of the data moves all leads a little.
STILL_ACCEPTED = 0.3
NEAREST = 3
_VECTOR_WEIGHT = 8.0
_TEXT_WEIGHT = 5.0
_MARK_WEIGHT = 1.5
_RIDGE = 30.0
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Doubt:
    """A line, the intent that the others take it for, how far that leads (0 to 1), and its nearest lines there."""

    line: Line
    intent: str
    lead: float
    nearest: tuple[Line, ...]

    def __str__(self) -> str:
        near = "; ".join(f"{line.text!r} ({line.at})" for line in self.nearest)
        return (f"{self.line.at}: {self.line.text!r} [{self.line.intent}] looks like [{self.intent}]: nearest {near}. "
                "Move or reword it, or accept it in data/accepted.yml.")


def problems(data: Path, state: Path) -> list[str]:
    """Doubtful lines, the most doubtful first, but for those accepted; and what need not be accepted any more.

    The sentence vectors are kept in the folder `state`. `ConfigurationError` on a machine without an encoder.
    """
    encoder = open_encoder()
    if encoder is None:
        raise ConfigurationError("there is no sentence encoder on this machine, and without one this check is blind")
    lines, accepted = training_lines(data), Accepted(data, "neighbours")
    stored = StoredVectors(encoder.encode, state / f"vectors-{type(encoder).__name__}.npz")
    found = doubts(lines, similarities(lines, data, stored.encode), STILL_ACCEPTED)
    told = [str(doubt) for doubt in found if not accepted.covers(doubt.line.text) and doubt.lead > LEAD]
    return [line.replace(f"{data.parent}/", "") for line in (*told, *accepted.problems())]


def doubts(lines: Sequence[Line], alike: Matrix, lead: float = LEAD) -> list[Doubt]:
    """The lines that another intent leads by more than `lead`; `alike` is `[n, n]` and is kept as it is."""
    intents, labels = np.unique([line.intent for line in lines], return_inverse=True)
    scores, places = left_out_scores(alike, labels), np.arange(len(lines))
    own = scores[places, labels]
    scores[places, labels] = -np.inf
    others = scores.argmax(axis=1)
    leads = (scores[places, others] - own) / 2
    return [Doubt(lines[i], str(intents[others[i]]), float(leads[i]), _nearest(i, labels == others[i], lines, alike))
            for i in np.argsort(-leads) if leads[i] > lead]


def left_out_scores(alike: Matrix, labels: NDArray[np.int_]) -> Matrix:
    """`[n, intents]`, about 1 for the intent of a line and -1 for the others, each line judged by all others."""
    targets = np.where(np.arange(labels.max() + 1) == labels[:, None], 1, -1).astype(np.float32)
    ridged = np.asfortranarray(alike + _RIDGE * np.eye(len(alike), dtype=np.float32))
    lower, failed = spotrf(ridged, lower=1, overwrite_a=1)
    inverse, failed_too = strtri(lower, lower=1, overwrite_c=1)
    assert not failed and not failed_too, "the ridge makes the matrix positive definite"
    return np.asarray(targets - inverse.T @ (inverse @ targets) / np.square(inverse).sum(axis=0)[:, None], np.float32)


def similarities(lines: Sequence[Line], data: Path, encode: Encode) -> Matrix:
    """How alike each two lines are, `[n, n]`: the weighted features' scalar product, and 1 for the constant."""
    plain = [line.plain for line in lines]
    vectors = encode(plain)
    vectors = vectors - vectors.mean(axis=0)
    vectors *= _VECTOR_WEIGHT / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"\S+", dtype=np.float32)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2, dtype=np.float32)
    sparse: csr_matrix = hstack([
        words.fit_transform(plain) * _TEXT_WEIGHT, characters.fit_transform(plain) * _TEXT_WEIGHT,
        DictVectorizer(dtype=np.float32).fit_transform(_marks(lines, data)) * _MARK_WEIGHT,
    ]).tocsr()
    alike: Matrix = vectors @ vectors.T
    for start in range(0, len(lines), 1000):
        alike[start:start + 1000] += (sparse[start:start + 1000] @ sparse.T).toarray() + 1
    return alike


def _marks(lines: Sequence[Line], data: Path) -> list[dict[str, float]]:
    """Which kinds of value each line names, and which value but for countries."""
    counts = Counter(word for line in lines for word in _WORD.findall(line.text.lower()))
    known = [word for word, count in counts.items() if count > 1]
    finder = VocabularyFinder(read_vocabulary(data / "vocabulary"), known)
    found = [finder.find(line.text) for line in lines]
    return [{name: 1.0 for item in items
             for name in (item.entity, *([f"{item.entity}={item.value}"] if item.entity != "country" else []))}
            for items in found]


def _nearest(place: int, among: NDArray[np.bool_], lines: Sequence[Line], alike: Matrix) -> tuple[Line, ...]:
    order = np.argsort(-np.where(among, alike[place], -np.inf))[:NEAREST]
    return tuple(lines[i] for i in order)
