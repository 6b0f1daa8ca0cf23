"""Each intent has enough training examples, in every complete language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil
from pathlib import Path

from bot.adapters.yaml_reader import YamlNode, read, read_folder
from bot.languages import COMPLETE, LANGUAGES

FEWEST = 60
# Examples in each complete language, as told by function words; a short line without any counts for no language.
FEWEST_IN_LANGUAGE = 20
SMALLEST_SHARE = 0.15
_ANY_LANGUAGE = frozenset({"other_language"})
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def check(data: Path) -> Iterator[str]:
    """Check each intent by itself; `duplicates.py` compares intents."""
    words = _function_words(read(data / "vocabulary" / "language.yml"))
    intents: dict[str, str] = {}
    for file in read_folder(data / "nlu"):
        for entry in file.entry("nlu").items():
            intent, block = entry.entry("intent"), entry.entry("examples")
            if intent.text in intents:
                yield intent.problem(f"{intent.text} has examples at {intents[intent.text]} too. Put them together.")
            intents.setdefault(intent.text, intent.at)
            if not block.is_block:
                yield block.problem(f"the examples of {intent.text} are not one block. Begin with `examples: |`.")
                continue
            yield from _not_listed(intent.text, block)
            examples = [line[2:] for _, line in _lines(block) if line.startswith("- ")]
            if len(examples) < FEWEST:
                yield intent.problem(f"{intent.text} has {len(examples)} examples. Write at least {FEWEST}.")
            if intent.text not in _ANY_LANGUAGE:
                yield from _languages(intent, examples, words)
    for language in (language for language in LANGUAGES if language not in COMPLETE):
        for file in read_folder(data / "nlu" / language):
            yield from _further(file, intents)


def _further(file: YamlNode, intents: dict[str, str]) -> Iterator[str]:
    """Check that a partial language has examples of known intents alone."""
    for entry in file.entry("nlu").items():
        intent, block = entry.entry("intent"), entry.entry("examples")
        if intent.text not in intents:
            yield intent.problem(f"the intent {intent.text} has no other examples. Name one that has.")
        yield from _not_listed(intent.text, block)


def _function_words(listed: YamlNode) -> dict[str, frozenset[str]]:
    return {language: frozenset(word.text for word in listed.entry(language).entry("function").items())
            for language in COMPLETE}


def _lines(block: YamlNode) -> Iterator[tuple[int, str]]:
    """(number from 1, line) of the lines of a block."""
    return enumerate(block.text.rstrip("\n").split("\n"), start=1)


def _not_listed(intent: str, block: YamlNode) -> Iterator[str]:
    for number, line in _lines(block):
        if not line.strip():
            yield block.problem(f"{intent}: the line is empty; Rasa warns of it. Take it out.", after=number)
        elif not line.startswith("- ") or not line[2:].strip():
            yield block.problem(f"{intent}: the line is no example. Begin it with a hyphen and a space.", after=number)


def _languages(intent: YamlNode, examples: list[str], words: dict[str, frozenset[str]]) -> Iterator[str]:
    tokens = [frozenset(_WORD.findall(example.lower().replace("’", "'"))) for example in examples]
    for language, function_words in words.items():
        count = sum(bool(found & function_words) for found in tokens)
        fewest = max(FEWEST_IN_LANGUAGE, ceil(SMALLEST_SHARE * len(examples)))
        if count < fewest:
            yield intent.problem(f"{intent.text} has only {count} of {len(examples)} examples in the language "
                                 f"{language}. Write more, up to at least {fewest}.")
