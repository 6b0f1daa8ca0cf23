"""The model of intents: how similar a message is to each training line, in words and in meaning, and what follows.

Independent of Rasa, so that experiments can use it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.rasa_ext import kernel_ridge
from bot.rasa_ext.encoder import Encoder
from bot.rasa_ext.spelling import Slips
from bot.rasa_ext.text_features import Features, Marks, normalise

logger = logging.getLogger(__name__)

# Where the training data have this intent, it says what "none of these" is; else that is learned from the others.
OUT_OF_SCOPE = "out_of_scope"
# The share of a similarity that comes of the text; the rest comes of the sentence vectors.
TEXT_SHARE = 0.3
# How fast a similarity fades, exp(fade * (cosine - 1)): of texts, and of meanings. Of these the second where the model
# clearly knows more of the lines left out by it; so many lines, taken evenly, are asked.
_TEXT_FADE, _FADES, _ASKED = 1.0, (3.0, 1.5), 3000
# How much more the directions count along which intents differ, and how far all directions count as alike before it.
_SPREAD, _ALIKE = 4.0, 3.0
# The model of the text alone answers from this probability on, without a sentence vector.
SURE = 0.99
# Both have a matrix of lines by lines; of more lines than this, every second (third …) is taken.
MOST_LINES = 16000
_BETWEEN = re.compile(r"[\W_]+")


class Neighbour(NamedTuple):
    """A training line, and how similar it is to a message (at most 1)."""

    text: str
    intent: str
    similarity: float


class Reading(NamedTuple):
    """(intent, probability), the likeliest first; the nearest training lines; whether a sentence vector was made."""

    ranking: list[tuple[str, float]]
    nearest: list[Neighbour]
    vectors: bool


@dataclass
class Meaning:
    """The sentence vectors of the training lines `[lines, d]`: less their `mean`, spread, of length 1."""

    frequencies: Mapping[int, float]
    mean: kernel_ridge.Floats
    spread: kernel_ridge.Floats
    vectors: kernel_ridge.Floats
    fade: float
    fit: kernel_ridge.Fit

    def similarities(self, plain: Sequence[str], encoder: Encoder) -> kernel_ridge.Floats:
        """`[texts, lines]`, at most 1."""
        away = _directions(encoder.encode(plain, self.frequencies) - self.mean)
        return _fade(_directions(away @ self.spread) @ self.vectors.T, self.fade)


@dataclass
class IntentModel:
    """A fitted model. What the probabilities of all intents lack to 1 is that of "none of these".

    A cascade: a model of the text alone answers where it is sure, else the full one, which needs a sentence vector, the
    dearest part of a turn. Without an encoder the former answers always (`meaning` is `None` when trained without one).
    """

    spelling: Mapping[str, str]
    slips: Slips
    features: Features
    lines: list[str]
    intents: list[str]
    classes: NDArray[np.intp]
    index: csr_matrix
    text: kernel_ridge.Fit
    meaning: Meaning | None = None

    @classmethod
    def fit(
        cls, texts: Sequence[str], marks: Sequence[Marks], intents: Sequence[str], encoder: Encoder | None,
        spelling: Mapping[str, str],
    ) -> IntentModel:
        """Fit on `texts` with the vocabulary's `marks` in each; `spelling` maps chat spellings to plain words.

        The name of each intent, in words, counts as one more line: names are descriptions.
        """
        step = -(-len(texts) // MOST_LINES)
        if step > 1:
            logger.warning("%d lines are too many for this model: one of %d is taken.", len(texts), step)
        names = sorted(set(intents))
        lines = [*texts[::step], *(_BETWEEN.sub(" ", name).strip() for name in names)]
        classes = np.searchsorted(names, [*intents[::step], *names])
        plain = [normalise(line, spelling) for line in lines]
        marked = [*marks[::step], *([()] * len(names))]
        features = Features.fit(plain, marked)
        rows = features.of(plain, marked)
        real = np.arange(len(lines)) < len(lines) - len(names)
        index = rows.T.tocsr()  # by feature: what a message shares with each line is found without a look at the rest
        alike = _fade((rows @ index).toarray(), _TEXT_FADE)
        learn_none = OUT_OF_SCOPE not in names
        text = kernel_ridge.fit(alike.copy() if encoder else alike, classes, real, learn_none=learn_none)
        model = cls(spelling, Slips.fit(plain), features, lines, names, classes, index, text)
        if encoder is not None:
            model.meaning = model._fit_meaning(plain, alike, real, encoder, learn_none)
        return model

    def read(self, text: str, marks: Marks, encoder: Encoder | None, count: int = 0) -> Reading:
        """What a message means, with the `count` training lines that are most similar to it."""
        plain = [self.slips.mend(normalise(text, self.spelling), encoder.is_word if encoder else lambda word: False)]
        alike = _fade((self.features.of(plain, [marks]) @ self.index).toarray(), _TEXT_FADE)
        shares = self.text.probabilities(alike)[0]
        uses_vectors = self.meaning is not None and encoder is not None and bool(shares.max() < SURE)
        if uses_vectors:
            assert self.meaning is not None and encoder is not None
            alike = _both(alike, self.meaning.similarities(plain, encoder))
            shares = self.meaning.fit.probabilities(alike)[0]
        ranking = [(self.intents[i], float(shares[i])) for i in np.argsort(-shares)]
        return Reading(ranking, self._nearest(alike[0], count), uses_vectors)

    def rank(self, text: str, marks: Marks, encoder: Encoder | None) -> list[tuple[str, float]]:
        """Every intent with its probability, the likeliest first."""
        return self.read(text, marks, encoder).ranking

    def nearest(self, text: str, marks: Marks, encoder: Encoder | None, count: int) -> list[Neighbour]:
        """The `count` training lines that are most similar: why the model answers as it does."""
        return self.read(text, marks, encoder, count).nearest

    def left_out(self) -> list[tuple[str, str, str]]:
        """(line, its intent, what a model without that line takes it for), by the fuller model there is."""
        best = (self.meaning.fit if self.meaning else self.text).left_out
        written = len(self.lines) - len(self.intents)
        return [(self.lines[i], self.intents[self.classes[i]], self.intents[best[i]]) for i in range(written)]

    def _fit_meaning(
        self,
        plain: Sequence[str],
        of_text: kernel_ridge.Floats,
        real: NDArray[np.bool_],
        encoder: Encoder,
        learn_none: bool,
    ) -> Meaning:
        frequencies = encoder.frequencies(plain)
        raw = encoder.encode(plain, frequencies)
        mean = raw.mean(axis=0)
        away = _directions(raw - mean)
        spread = _spread(away, self.classes)
        vectors = _directions(away @ spread)
        alike = vectors @ vectors.T
        fade = self._chosen_fade(of_text, alike)
        alike = _both(of_text, _fade(alike, fade))
        return Meaning(frequencies, mean, spread, vectors, fade,
                       kernel_ridge.fit(alike, self.classes, real, learn_none=learn_none))

    def _chosen_fade(self, of_text: kernel_ridge.Floats, cosines: kernel_ridge.Floats) -> float:
        step = -(-len(cosines) // _ASKED)
        of_text, cosines, classes = of_text[::step, ::step], cosines[::step, ::step], self.classes[::step]
        usual, other = (kernel_ridge.left_out(_both(of_text, _fade(cosines.copy(), fade)), classes) == classes
                        for fade in _FADES)
        won, lost = int((other & ~usual).sum()), int((usual & ~other).sum())
        return _FADES[won - lost > sqrt(won + lost)]

    def _nearest(self, alike: kernel_ridge.Floats, count: int) -> list[Neighbour]:
        """Without sorting all lines."""
        written = alike[:len(self.lines) - len(self.intents)]
        count = min(count, len(written))
        first = np.argpartition(-written, count - 1)[:count] if count else np.arange(0)
        return [Neighbour(self.lines[i], self.intents[self.classes[i]], float(written[i]))
                for i in first[np.argsort(-written[first], kind="stable")]]


def _both(of_text: kernel_ridge.Floats, of_meaning: kernel_ridge.Floats) -> kernel_ridge.Floats:
    """In place of the latter."""
    of_meaning *= np.float32(1 - TEXT_SHARE)
    of_meaning += np.float32(TEXT_SHARE) * of_text
    return of_meaning


def _spread(vectors: kernel_ridge.Floats, classes: NDArray[np.intp]) -> kernel_ridge.Floats:
    """`[d, d]`: stretches the directions along which the classes' means differ more than their lines do among
    themselves (linear discriminants, but none is dropped; most of what a vector says stays as it is)."""
    members = np.eye(classes.max() + 1, dtype=np.float32)[classes]
    means = members.T @ vectors / members.sum(axis=0)[:, None]
    rest = vectors - means[classes]
    within = rest.T @ rest / len(rest)
    common = _ALIKE * np.trace(within) / len(within) + 1e-9
    sizes, axes = np.linalg.eigh(within + common * np.eye(len(within)))
    even = (axes / np.sqrt(sizes)) @ axes.T
    between = even @ (means.T @ means) @ even
    return np.asarray(np.eye(len(between)) + _SPREAD * between / max(np.linalg.norm(between), 1e-9), np.float32)


def _fade(cosines: kernel_ridge.Floats, fade: float) -> kernel_ridge.Floats:
    """In place."""
    cosines -= np.float32(1)
    cosines *= np.float32(fade)
    return np.asarray(np.exp(cosines, out=cosines))


def _directions(vectors: kernel_ridge.Floats) -> kernel_ridge.Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
