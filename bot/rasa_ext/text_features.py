"""Sparse features of a text: TF-IDF of words and of character n-grams, and the entities found in the text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

# (entity, value) pairs, as `VocabularyExtractor` finds them in a text.
Entities = Sequence[tuple[str, str]]

# Weights of words, characters and entities in a similarity; without entities the first two share it.
_WORD_WEIGHT, _CHARACTER_WEIGHT, _ENTITY_WEIGHT = 0.4, 0.35, 0.15
# A term of more lines than this tells little and costs much; of each kind of term, only the most frequent count.
_MAX_DOCUMENT_FREQUENCY, _MAX_WORDS, _MAX_CHARACTERS = 1500, 20000, 30000
# Entities of which the value is a feature, too.
_VALUED = ("priority", "channel", "feature", "field", "target_language")
_NO_ENTITIES = {"nothing": 1.0}
_LONGEST_FORM = 3
_WORD = re.compile(r"[^\W\d_]+")
_word_terms = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b|[+?]").build_analyzer()
_character_terms = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()


def normalise(text: str, spelling: Mapping[str, str]) -> str:
    """Lower case, NFKC, white space folded, chat spellings replaced by the plain words that `spelling` maps them to.

    The result is at most `_LONGEST_FORM` times as long as `text`: a character whose compatibility form is longer
    (U+FDFA has 18 letters) becomes a space.
    """
    if not text.isascii():
        text = "".join(" " if len(unicodedata.normalize("NFKC", sign)) > _LONGEST_FORM else sign for sign in text)
    folded = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return _WORD.sub(lambda match: spelling.get(match.group(), match.group()), folded)


@dataclass
class TermWeights:
    """The terms of one kind of feature."""

    columns: Mapping[str, int]  # term to column
    idf: NDArray[np.float32]  # inverse document frequency, [columns]

    def vector(self, counts: Mapping[str, float]) -> tuple[list[int], NDArray[np.float32]]:
        """(columns, values) of the known terms: sublinear term frequency times IDF, of length 1."""
        known = [term for term in counts if term in self.columns]
        columns = [self.columns[term] for term in known]
        values = (1 + np.log([counts[term] for term in known])) * self.idf[columns]
        return columns, np.asarray(values / max(float(np.linalg.norm(values)), 1e-9), np.float32)


@dataclass
class TextVectorizer:
    """Fitted on the training lines; `transform` gives rows of length 1 (shorter where a text has no known term)."""

    words: TermWeights
    characters: TermWeights
    entities: TermWeights | None  # `None` where no training line has an entity

    @classmethod
    def fit(cls, plain: Sequence[str], entities: Sequence[Entities]) -> TextVectorizer:
        """Fit on normalised texts and the entities in each."""
        names = sorted({name for found in entities for name in entity_features(found)}) if any(entities) else []
        return cls(
            _fit_terms(_word_terms, plain, _MAX_WORDS), _fit_terms(_character_terms, plain, _MAX_CHARACTERS),
            TermWeights({name: i for i, name in enumerate(names)}, np.ones(len(names), np.float32)) if names else None)

    def transform(self, plain: Sequence[str], entities: Sequence[Entities]) -> csr_matrix:
        """float32 [texts, columns]; the product of two rows is their similarity, at most 1."""
        kinds = [(self.words, _WORD_WEIGHT), (self.characters, _CHARACTER_WEIGHT),
                 *([(self.entities, _ENTITY_WEIGHT)] if self.entities else [])]
        total = sum(weight for _, weight in kinds)
        indices: list[int] = []
        values: list[NDArray[np.float32]] = []
        row_ends = [0]
        for text, found in zip(plain, entities, strict=True):
            counted: tuple[Mapping[str, float], ...] = (
                Counter(_word_terms(text)), Counter(_character_terms(text)), entity_features(found))
            width = 0
            for (terms, weight), counts in zip(kinds, counted, strict=False):
                columns, row = terms.vector(counts)
                indices.extend(column + width for column in columns)
                values.append(row * np.float32(np.sqrt(weight / total)))
                width += len(terms.idf)
            row_ends.append(len(indices))
        return csr_matrix((np.concatenate(values), indices, row_ends), (len(plain), width))


def entity_features(entities: Entities) -> dict[str, float]:
    """Features, each of value 1: the entities, those with two values or more, and for some entities each value."""
    values: dict[str, set[str]] = {}
    for entity, value in entities:
        values.setdefault(entity, set()).add(value)
    names = [f"{entity}={value}" for entity, value in entities if entity in _VALUED]
    for entity, distinct in values.items():
        names += [entity, f"{entity}>1"] if len(distinct) > 1 else [entity]
    return dict.fromkeys(names, 1.0) or _NO_ENTITIES


def _fit_terms(analyzer: Callable[[str], list[str]], plain: Sequence[str], most: int) -> TermWeights:
    vectorizer = TfidfVectorizer(analyzer=analyzer, max_df=_MAX_DOCUMENT_FREQUENCY, max_features=most).fit(plain)
    return TermWeights(dict(vectorizer.vocabulary_), vectorizer.idf_.astype(np.float32))
