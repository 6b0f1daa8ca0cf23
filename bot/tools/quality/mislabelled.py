"""Finds training lines that all other lines take for another intent: `kilat check --vectors`.

A kernel ridge regression of all other lines judges each line. The kernel compares lines by sentence embedding, words,
character n-grams and the entities found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.adapters.sentence_encoder.encoder import open_encoder
from bot.core.errors import ConfigurationError
from bot.rasa_ext import kernel_ridge
from bot.rasa_ext.kernel_ridge import Floats
from bot.rasa_ext.vocabulary import VocabularyFinder, read_vocabulary
from bot.tools.content_checks.accepted_findings import Accepted
from bot.tools.content_checks.training_lines import Line, training_lines
from bot.tools.quality.vector_store import Encode, VectorStore

# The margin from which a line is reported; 1 is certain. docs/evaluation.md has the rates of hits and false alarms.
MIN_MARGIN = 0.5
# An accepted line may have a smaller margin: each change of the data moves all margins a little.
ACCEPTED_MIN_MARGIN = 0.3
NEAREST = 3
_EMBEDDING_WEIGHT, _TEXT_WEIGHT, _ENTITY_WEIGHT = 8.0, 5.0, 1.5
_RIDGE = 30.0
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class LabelIssue:
    """A training line that probably has the wrong intent."""

    line: Line
    intent: str  # what the other lines take it for
    margin: float  # how far `intent` leads the line's own, 0 to 1
    nearest: tuple[Line, ...]  # lines of `intent`, the most similar first

    def __str__(self) -> str:
        near = "; ".join(f"{line.text!r} ({line.at})" for line in self.nearest)
        return (f"{self.line.at}: {self.line.text!r} [{self.line.intent}] looks like [{self.intent}]: nearest {near}. "
                "Move or reword it, or accept it in data/accepted_findings.yml.")


def problems(data: Path, state: Path) -> list[str]:
    """Label issues that nobody has accepted, the worst first; then entries of accepted_findings.yml that nothing needs.

    The folder `state` caches the embeddings. `ConfigurationError` on a machine without an encoder.
    """
    encoder = open_encoder()
    if encoder is None:
        raise ConfigurationError("there is no sentence encoder on this machine, and without one this check is blind")
    lines, accepted = training_lines(data), Accepted(data, "neighbours")
    stored = VectorStore(encoder.encode, state / f"vectors-{type(encoder).__name__}.npz")
    issues = find_label_issues(lines, kernel_matrix(lines, data, stored.encode), ACCEPTED_MIN_MARGIN)
    told = [str(issue) for issue in issues if not accepted.covers(issue.line.text) and issue.margin > MIN_MARGIN]
    return [line.replace(f"{data.parent}/", "") for line in (*told, *accepted.problems())]


def find_label_issues(lines: Sequence[Line], kernel: Floats, min_margin: float = MIN_MARGIN) -> list[LabelIssue]:
    """The lines that another intent leads by more than `min_margin`, by the kernel matrix [lines, lines]."""
    intents, labels = np.unique([line.intent for line in lines], return_inverse=True)
    scores, rows = leave_one_out_scores(kernel, labels), np.arange(len(lines))
    own = scores[rows, labels]
    scores[rows, labels] = -np.inf
    others = scores.argmax(axis=1)
    margins = (scores[rows, others] - own) / 2
    return [LabelIssue(lines[i], str(intents[others[i]]), float(margins[i]),
                       _nearest(kernel[i], labels == others[i], lines))
            for i in np.argsort(-margins) if margins[i] > min_margin]


def leave_one_out_scores(kernel: Floats, labels: NDArray[np.intp]) -> Floats:
    """float32 [lines, intents], about 1 for the intent of a line and -1 for the others, each line judged by all other
    lines. `kernel` [lines, lines] stays as it is."""
    return kernel_ridge.leave_one_out_scores(kernel.copy(), 2 * kernel_ridge.one_hot(labels) - 1, _RIDGE)


def kernel_matrix(lines: Sequence[Line], data: Path, encode: Encode) -> Floats:
    """float32 [lines, lines]: the scalar product of the weighted features, and 1 for the intercept."""
    plain = [line.plain for line in lines]
    embeddings = encode(plain)
    embeddings = embeddings - embeddings.mean(axis=0)
    embeddings *= _EMBEDDING_WEIGHT / np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-9)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"\S+", dtype=np.float32)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2, dtype=np.float32)
    sparse: csr_matrix = hstack([
        words.fit_transform(plain) * _TEXT_WEIGHT, characters.fit_transform(plain) * _TEXT_WEIGHT,
        DictVectorizer(dtype=np.float32).fit_transform(_entity_features(lines, data)) * _ENTITY_WEIGHT,
    ]).tocsr()
    kernel: Floats = embeddings @ embeddings.T
    for start in range(0, len(lines), 1000):
        kernel[start:start + 1000] += (sparse[start:start + 1000] @ sparse.T).toarray() + 1
    return kernel


def _entity_features(lines: Sequence[Line], data: Path) -> list[dict[str, float]]:
    """For each line the entities found, and their values, except countries."""
    counts = Counter(word for line in lines for word in _WORD.findall(line.text.lower()))
    finder = VocabularyFinder(read_vocabulary(data / "vocabulary"), [word for word in counts if counts[word] > 1])
    found = [finder.find(line.text) for line in lines]
    return [{name: 1.0 for item in items
             for name in (item.entity, *([f"{item.entity}={item.value}"] if item.entity != "country" else []))}
            for items in found]


def _nearest(similarities: Floats, among: NDArray[np.bool_], lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(lines[i] for i in np.argsort(-np.where(among, similarities, -np.inf))[:NEAREST])
