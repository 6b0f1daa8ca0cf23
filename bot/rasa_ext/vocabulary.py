"""Finds the words of `data/vocabulary` in a text: by spaCy's PhraseMatcher, then with misspellings allowed."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from babel import Locale
from rapidfuzz.distance import DamerauLevenshtein
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from bot.adapters.yaml_reader import load
from bot.core import email_address
from bot.languages import COMPLETE, LANGUAGES

# Plan names that are everyday words: with a capital inside a sentence they mean the plan.
_CAPITALISED = {"Akses": "access", "Access": "access"}
# Before another plan's name they mean the plan too: "akses, premier", "from access to premier".
_BEFORE_PLAN = re.compile(r"\s*(?:,|/|\bke\b|\bto\b)\s*", re.IGNORECASE)
# "bukan X", "not X": X is named to be left out, if another value of its kind stands.
_NEGATION = re.compile(r"\b(?:bukan|bukannya|not|instead of|rather than|selain|except)\s+(?:\w+\s+){0,2}$",
                       re.IGNORECASE)
_AND = re.compile(r"\s*(?:&|dan|atau|and|or|nor)\s*", re.IGNORECASE)
# A span of the first kind inside a longer one of the second means nothing of its own ("bahasa inggris" is no country).
_SHADOWED = {("country", "target_language"), ("account_type", "plan"), ("paid", "account_type"),
             ("plan", "account_type"), ("channel", "feature"), ("channel", "country"), ("role", "feature"),
             ("plan", "brand"), ("country", "brand"),
             ("channel", "brand"), ("account_type", "brand"), ("brand", "channel")}
FILES = ("customer", "support", "country", "brand")
_FUZZY = ("country", "plan", "account_type", "licensed", "role")
_NEGATABLE = (*_FUZZY, "channel", "priority")
_SHORTEST_FUZZY = 5
_SHORT_MESSAGE = 3
# spaCy's tokenizer peels sign after sign off a run without white space, at a cost that grows with the square of its
# length. So a run longer than any word is cut; a link stays whole, for its words say nothing.
_LONGEST_PIECE = 64
_OVERLONG = re.compile(rf"\S{{{_LONGEST_PIECE + 1}}}")
_LINK = r"(?:https?://|www\.)"
_PIECE = re.compile(rf"(?P<link>{_LINK}\S+)|\S{{1,{_LONGEST_PIECE}}}\s*|\s+", re.IGNORECASE)


@dataclass(frozen=True)
class EntityMatch:
    """A value found in a text."""

    entity: str
    value: str
    start: int  # offset of its first character
    end: int  # offset after its last character


def read_vocabulary(folder: Path) -> dict[str, dict[str, list[str]]]:
    """`{entity: {value: [words]}}` from the files of `FILES`, the countries completed from Unicode CLDR."""
    entries = [entry for name in FILES for entry in load(folder / f"{name}.yml")]
    vocabulary = {e["entity"]: {v: [str(w) for w in words] for v, words in e["values"].items()} for e in entries}
    countries = vocabulary["country"]
    taken = {word for words in countries.values() for word in words}
    for language in COMPLETE:
        for code, name in _countries(language).items():
            if code not in countries and name not in taken:
                countries[code] = [name]
    settled = {_without_accents(name) for language in COMPLETE for name in _countries(language).values()}
    for language in (code for code in LANGUAGES if code not in COMPLETE):
        _add_names(countries, language, settled)
    return vocabulary


def _add_names(countries: dict[str, list[str]], language: str, settled: set[str]) -> None:
    """The names of a language that `country.yml` was not written for, with and without accents.

    A name that is `settled`, the same in a language that it was written for ("Chad", "Cuba"), stands there or was
    left out on purpose.
    """
    owner = {word: code for code, words in countries.items() for word in words}
    for code, name in _countries(language).items():
        plain = _without_accents(name)
        if owner.get(plain, None if plain in settled else code) == code:
            free = [word for word in dict.fromkeys((name, plain)) if word not in owner]
            countries.setdefault(code, []).extend(free)


def _countries(language: str) -> dict[str, str]:
    """The lower-case names of the world's countries, by their codes, from Unicode CLDR."""
    names = Locale.parse(language).territories.items()
    return {code: name.lower() for code, name in names
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ")}


def _without_accents(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


class VocabularyFinder:
    """Finds values of the vocabulary. `known_words` are never taken for a misspelling of something else."""

    def __init__(self, vocabulary: dict[str, dict[str, list[str]]], known_words: Iterable[str]) -> None:
        self._nlp = spacy.blank("xx")
        self._matchers: dict[str, PhraseMatcher] = {}
        # Of one-word names, by first letter and length: (entity, value, word).
        self._fuzzy: defaultdict[tuple[str, int], list[tuple[str, str, str]]] = defaultdict(list)
        for entity, values in vocabulary.items():
            matcher = PhraseMatcher(self._nlp.vocab, attr="LOWER")
            for value, words in values.items():
                matcher.add(value, [self._nlp.make_doc(word) for word in words])
                for word in words:
                    if entity in _FUZZY and " " not in word and len(word) >= _SHORTEST_FUZZY:
                        self._fuzzy[word[0], len(word)].append((entity, value, word))
            self._matchers[entity] = matcher
        every = {word for values in vocabulary.values() for words in values.values() for word in words}
        self._known = frozenset(known_words) | {part for word in every for part in word.split()}

    def find(self, text: str) -> list[EntityMatch]:
        """Every value in `text`, in the order of the text."""
        # spaCy forgets the words of a message at its end; else visitors' words would fill the memory.
        with self._nlp.memory_zone():
            return self._find(text)

    def _find(self, text: str) -> list[EntityMatch]:
        doc = self._tokens(text)
        found = self._listed_words(doc)
        found += self._misspelt(doc, found)
        found += [EntityMatch("email", address, start, end) for address, start, end in email_address.found(text)]
        found += _before_plans(doc, text, found)
        found += _capitalised(doc, text, found)
        return sorted(_without_negated(text, found), key=lambda item: item.start)

    def _tokens(self, text: str) -> Doc:
        if not _OVERLONG.search(text):
            return self._nlp.make_doc(text)
        words: list[str] = []
        spaces: list[bool] = []
        for piece in _PIECE.finditer(text):
            if piece["link"]:
                words.append(piece.group())
                spaces.append(False)
            else:
                for token in self._nlp.make_doc(piece.group()):
                    words.append(token.text)
                    spaces.append(bool(token.whitespace_))
        return Doc(self._nlp.vocab, words, spaces)

    def _listed_words(self, doc: Doc) -> list[EntityMatch]:
        """The words of the lists, the longest of each kind; what a longer one of another kind shadows is left out."""
        spans = {entity: filter_spans(matcher(doc, as_spans=True)) for entity, matcher in self._matchers.items()}
        # At each token, the spans over it: of each kind one at most.
        over: defaultdict[int, list[tuple[str, Span]]] = defaultdict(list)
        for entity, some in spans.items():
            for span in some:
                for position in range(span.start, span.end):
                    over[position].append((entity, span))
        return [
            EntityMatch(entity, span.label_, span.start_char, span.end_char)
            for entity, some in spans.items() for span in some
            if not any((entity, kind) in _SHADOWED and _is_inside(span, other) for kind, other in over[span.start])
        ]

    def _misspelt(self, doc: Doc, found: list[EntityMatch]) -> list[EntityMatch]:
        """Tokens that no list has and that are one slip (two in long words) from exactly one value."""
        result = []
        taken = {position for item in found for position in range(item.start, item.end)}
        hits: dict[str, tuple[str, str] | None] = {}
        for token in doc:
            word = token.lower_
            if (token.idx in taken or len(word) < _SHORTEST_FUZZY or not word.isalpha() or word in self._known):
                continue
            if word not in hits:
                hits[word] = self._nearest(word)
            if hit := hits[word]:
                result.append(EntityMatch(hit[0], hit[1], token.idx, token.idx + len(word)))
        return result

    def _nearest(self, word: str) -> tuple[str, str] | None:
        most = 1 if len(word) < 8 else 2
        best: dict[tuple[str, str], int] = {}
        for length in range(len(word) - most, len(word) + most + 1):
            for entity, value, known in self._fuzzy.get((word[0], length), ()):
                distance = DamerauLevenshtein.distance(word, known, score_cutoff=most)
                if distance <= most:
                    best[entity, value] = min(distance, best.get((entity, value), distance))
        if not best:
            return None
        nearest = min(best.values())
        winners = [key for key, distance in best.items() if distance == nearest]
        return winners[0] if len(winners) == 1 else None


def _is_inside(span: Span, other: Span) -> bool:
    """True for a part of a longer one."""
    return other.start <= span.start and span.end <= other.end and len(other) > len(span)


def _before_plans(doc: Doc, text: str, found: list[EntityMatch]) -> list[EntityMatch]:
    """Plan names that are everyday words, right before another plan. No phrases do: they would hide that one."""
    plans = [item for item in found if item.entity == "plan"]
    starts = sorted(item.start for item in plans)
    taken = {position for item in plans for position in range(item.start, item.end)}
    result = []
    for token in doc:
        value, end = _CAPITALISED.get(token.text.capitalize()), token.idx + len(token.text)
        following = bisect_left(starts, end)
        if (value and token.idx not in taken and following < len(starts)
                and _BEFORE_PLAN.fullmatch(text, end, starts[following])):
            result.append(EntityMatch("plan", value, token.idx, end))
    return result


def _capitalised(doc: Doc, text: str, found: list[EntityMatch]) -> list[EntityMatch]:
    """Plan names that are everyday words, where the capital or the shortness of the message tells the plan."""
    words = [token for token in doc if token.is_alpha]
    short = len(words) <= _SHORT_MESSAGE
    plans = {item.value for item in found if item.entity == "plan"}
    if (plans and short) or not plans.isdisjoint(_CAPITALISED.values()):
        return []
    by_capital = not text.isupper()
    return [
        EntityMatch("plan", _CAPITALISED[token.text.capitalize()], token.idx, token.idx + len(token.text))
        for token in words
        if token.text.capitalize() in _CAPITALISED
        and (short or (token.i > 0 and token.text in _CAPITALISED and by_capital))
    ]


def _without_negated(text: str, found: list[EntityMatch]) -> list[EntityMatch]:
    negated = _negated(text, found)
    others: defaultdict[str, set[str]] = defaultdict(set)
    for item in found:
        if item not in negated:
            others[item.entity].add(item.value)
    return [item for item in found if item not in negated or not others[item.entity] - {item.value}]


def _negated(text: str, found: list[EntityMatch]) -> set[EntityMatch]:
    """The values after a "bukan" or "not", and those joined to them by an "and"; a denial reaches to the next value."""
    negated: set[EntityMatch] = set()
    for kind in _NEGATABLE:
        end, joined = 0, False
        for item in sorted((o for o in found if o.entity == kind), key=lambda o: o.start):
            between = text[end:item.start]
            joined = bool(_NEGATION.search(between)) or (joined and bool(_AND.fullmatch(between)))
            end = item.end
            if joined:
                negated.add(item)
    return negated


def as_rasa(found: EntityMatch) -> dict[str, Any]:
    """`found` as Rasa writes entities."""
    return {"entity": found.entity, "value": found.value, "start": found.start, "end": found.end,
            "extractor": "VocabularyExtractor"}
