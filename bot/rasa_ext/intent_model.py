"""The intent model: kernel ridge regression on the similarity of a message to each training line, in text and meaning.

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

from bot.adapters.sentence_encoder.encoder import Encoder
from bot.rasa_ext import kernel_ridge
from bot.rasa_ext.kernel_ridge import Floats, KernelRidge
from bot.rasa_ext.spelling import SpellingCorrector
from bot.rasa_ext.text_features import Entities, TextVectorizer, normalise

logger = logging.getLogger(__name__)

# Where the training data have this intent, it is "none of these"; else "none" is learned from the other intents.
OUT_OF_SCOPE = "out_of_scope"
# The weight of the text in the kernel; the rest is the weight of the sentence embeddings.
TEXT_WEIGHT = 0.3
# The kernel is exp(gamma · (cosine − 1)): `gamma` is its inverse width. Of embeddings, the second gamma is taken where
# it predicts clearly more of the lines left out; at most so many lines, taken evenly, are compared.
_TEXT_GAMMA, _EMBEDDING_GAMMAS, _GAMMA_SAMPLE = 1.0, (3.0, 1.5), 3000
# The class metric: how far it stretches, and how far the covariance within classes is shrunk to a multiple of identity.
_METRIC_STRETCH, _METRIC_SHRINKAGE = 4.0, 3.0
# From this probability on, the model of the text alone answers, without an embedding.
CASCADE_THRESHOLD = 0.99
# A fit needs matrices of lines by lines. Of more lines than this, every second (third …) is taken.
MAX_LINES = 16000
_SEPARATORS = re.compile(r"[\W_]+")


class Neighbour(NamedTuple):
    """A training line near a message."""

    text: str
    intent: str
    similarity: float  # at most 1


class Prediction(NamedTuple):
    """What a message means, and why."""

    ranking: list[tuple[str, float]]  # (intent, probability), the likeliest first
    nearest: list[Neighbour]  # the most similar training lines, the most similar first
    is_embedded: bool  # whether the message needed a sentence embedding


@dataclass
class EmbeddingKernel:
    """Compares texts with the training lines by their sentence embeddings, and the ridge regression on both kernels."""

    frequencies: Mapping[int, float]  # token to the share of training lines that have it
    mean: Floats  # mean embedding of the training lines, [d]
    class_metric: Floats  # stretches what tells classes apart, [d, d]
    embeddings: Floats  # training lines, centred, stretched, of length 1, [lines, d]
    gamma: float  # inverse width of the kernel
    ridge: KernelRidge  # fitted on the weighted sum of the text kernel and this one

    def values(self, plain: Sequence[str], encoder: Encoder) -> Floats:
        """float32 [texts, lines], at most 1."""
        centred = _unit(encoder.encode(plain, self.frequencies) - self.mean)
        return _kernel(_unit(centred @ self.class_metric) @ self.embeddings.T, self.gamma)


@dataclass
class IntentModel:
    """A fitted model. What the probabilities of all intents lack to 1 is that of "none of these".

    A cascade: the model of the text alone answers where it is sure; else the full model does, with a sentence
    embedding, the most expensive part of a turn. Without an encoder the model of the text always answers.
    """

    spelling: Mapping[str, str]  # chat spelling to plain word
    spelling_corrector: SpellingCorrector
    vectorizer: TextVectorizer
    lines: list[str]  # the training lines, then the names of the intents in words
    intents: list[str]  # sorted; classes are positions in this list
    classes: NDArray[np.intp]  # the class of each line, [lines]
    line_features: csr_matrix  # [features, lines]: by feature, so that a product visits only shared features
    text_ridge: KernelRidge
    embedding_kernel: EmbeddingKernel | None = None  # `None` when fitted without an encoder

    @classmethod
    def fit(
        cls, texts: Sequence[str], entities: Sequence[Entities], intents: Sequence[str], encoder: Encoder | None,
        spelling: Mapping[str, str],
    ) -> IntentModel:
        """Fit on `texts`, the entities found in each, and the intent of each.

        The name of each intent, in words, is one more line: names are descriptions.
        """
        step = -(-len(texts) // MAX_LINES)
        if step > 1:
            logger.warning("%d lines are too many for this model: one of %d is taken.", len(texts), step)
        names = sorted(set(intents))
        lines = [*texts[::step], *(_SEPARATORS.sub(" ", name).strip() for name in names)]
        classes = np.searchsorted(names, [*intents[::step], *names])
        plain = [normalise(line, spelling) for line in lines]
        line_entities = [*entities[::step], *([()] * len(names))]
        vectorizer = TextVectorizer.fit(plain, line_entities)
        rows = vectorizer.transform(plain, line_entities)
        calibrating = np.arange(len(lines)) < len(lines) - len(names)
        line_features = rows.T.tocsr()
        text_kernel = _kernel((rows @ line_features).toarray(), _TEXT_GAMMA)
        learn_none = OUT_OF_SCOPE not in names
        ridge = kernel_ridge.fit(text_kernel.copy() if encoder else text_kernel, classes, calibrating,
                                 learn_none=learn_none)
        model = cls(spelling, SpellingCorrector.fit(plain), vectorizer, lines, names, classes, line_features, ridge)
        if encoder is not None:
            model.embedding_kernel = _fit_embedding_kernel(plain, text_kernel, classes, calibrating, encoder,
                                                           learn_none=learn_none)
        return model

    def predict(self, text: str, entities: Entities, encoder: Encoder | None, count: int = 0) -> Prediction:
        """Rank the intents for `text` with the entities found in it; name the `count` nearest training lines."""
        is_word = encoder.is_word if encoder else lambda word: False
        plain = [self.spelling_corrector.correct(normalise(text, self.spelling), is_word)]
        kernel = _kernel((self.vectorizer.transform(plain, [entities]) @ self.line_features).toarray(), _TEXT_GAMMA)
        shares = self.text_ridge.probabilities(kernel)[0]
        is_embedded = False
        if self.embedding_kernel and encoder and shares.max() < CASCADE_THRESHOLD:
            is_embedded = True
            kernel = _weighted_sum(kernel, self.embedding_kernel.values(plain, encoder))
            shares = self.embedding_kernel.ridge.probabilities(kernel)[0]
        ranking = [(self.intents[i], float(shares[i])) for i in np.argsort(-shares)]
        return Prediction(ranking, self._nearest(kernel[0], count), is_embedded)

    def leave_one_out(self) -> list[tuple[str, str, str]]:
        """(line, its intent, the intent that the fuller model predicts for the line when it does not know the line)."""
        predicted = (self.embedding_kernel.ridge if self.embedding_kernel else self.text_ridge).left_out_classes
        count = len(self.lines) - len(self.intents)
        return [(self.lines[i], self.intents[self.classes[i]], self.intents[predicted[i]]) for i in range(count)]

    def _nearest(self, similarities: Floats, count: int) -> list[Neighbour]:
        """Of the similarities [lines] the `count` largest, without sorting all; names of intents are left out."""
        written = similarities[:len(self.lines) - len(self.intents)]
        count = min(count, len(written))
        first = np.argpartition(-written, count - 1)[:count] if count else np.arange(0)
        return [Neighbour(self.lines[i], self.intents[self.classes[i]], float(written[i]))
                for i in first[np.argsort(-written[first], kind="stable")]]


def _fit_embedding_kernel(
    plain: Sequence[str], text_kernel: Floats, classes: NDArray[np.intp], calibrating: NDArray[np.bool_],
    encoder: Encoder, *, learn_none: bool,
) -> EmbeddingKernel:
    frequencies = encoder.frequencies(plain)
    raw = encoder.encode(plain, frequencies)
    mean = raw.mean(axis=0)
    centred = _unit(raw - mean)
    metric = class_metric(centred, classes)
    embeddings = _unit(centred @ metric)
    cosines = embeddings @ embeddings.T
    gamma = _choose_gamma(text_kernel, cosines, classes)
    kernel = _weighted_sum(text_kernel, _kernel(cosines, gamma))
    ridge = kernel_ridge.fit(kernel, classes, calibrating, learn_none=learn_none)
    return EmbeddingKernel(frequencies, mean, metric, embeddings, gamma, ridge)


def _choose_gamma(text_kernel: Floats, cosines: Floats, classes: NDArray[np.intp]) -> float:
    """The second of `_EMBEDDING_GAMMAS` where its lead in lines predicted rightly exceeds noise, else the first."""
    step = -(-len(cosines) // _GAMMA_SAMPLE)
    text_kernel, cosines, classes = text_kernel[::step, ::step], cosines[::step, ::step], classes[::step]
    targets = kernel_ridge.one_hot(classes)
    first, second = (
        kernel_ridge.leave_one_out_scores(_weighted_sum(text_kernel, _kernel(cosines.copy(), gamma)), targets)
        .argmax(axis=1) == classes for gamma in _EMBEDDING_GAMMAS)
    gained, lost = int((second & ~first).sum()), int((first & ~second).sum())
    return _EMBEDDING_GAMMAS[gained - lost > sqrt(gained + lost)]


def class_metric(vectors: Floats, classes: NDArray[np.intp]) -> Floats:
    """float32 [d, d]: stretches the directions in which the means of classes differ more than the vectors [n, d] of a
    class do.

    These are linear discriminants, but no direction is dropped, and most of a vector stays as it is.
    """
    members = kernel_ridge.one_hot(classes)
    means = members.T @ vectors / members.sum(axis=0)[:, None]
    residuals = vectors - means[classes]
    within = residuals.T @ residuals / len(residuals)
    shrinkage = _METRIC_SHRINKAGE * np.trace(within) / len(within) + 1e-9
    eigenvalues, eigenvectors = np.linalg.eigh(within + shrinkage * np.eye(len(within)))
    whitening = (eigenvectors / np.sqrt(eigenvalues)) @ eigenvectors.T
    between = whitening @ (means.T @ means) @ whitening
    stretch = _METRIC_STRETCH * between / max(np.linalg.norm(between), 1e-9)
    return np.asarray(np.eye(len(between)) + stretch, np.float32)


def _kernel(cosines: Floats, gamma: float) -> Floats:
    """exp(gamma · (cosine − 1)), float32 [n, lines]; overwrites `cosines` and returns it."""
    cosines -= np.float32(1)
    cosines *= np.float32(gamma)
    return np.asarray(np.exp(cosines, out=cosines))


def _weighted_sum(text_kernel: Floats, embedding_kernel: Floats) -> Floats:
    """float32 [n, lines]; overwrites `embedding_kernel` and returns it."""
    embedding_kernel *= np.float32(1 - TEXT_WEIGHT)
    embedding_kernel += np.float32(TEXT_WEIGHT) * text_kernel
    return embedding_kernel


def _unit(vectors: Floats) -> Floats:
    """The rows of float32 [n, d] scaled to length 1."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
