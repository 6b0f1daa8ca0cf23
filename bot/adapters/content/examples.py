"""Training examples: enough of them, in every complete language, none twice, none in two intents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.content.document import Part, files, read
from bot.languages import COMPLETE, LANGUAGES

FEWEST = 40
SMALLEST_SHARE = 0.15
# Other languages, or too short to tell a language by function words.
_ANY_LANGUAGE = frozenset({"other_language", "affirm", "deny", "abuse", "greet", "thank"})
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True)
class Example:
    """A line under an intent; `at` is its "file:line"."""

    intent: str
    text: str
    at: str

    @property
    def folded(self) -> str:
        """The text without case, punctuation and superfluous space ("premier+" keeps its plus)."""
        plain = re.sub(r"['’]", "", self.text.casefold())
        return " ".join(re.sub(r"[^\w+]+", " ", plain).split()) or self.text


def check(data: Path) -> Iterator[str]:
    """Each intent for itself, then the intents against each other."""
    words = _function_words(read(data / "vocabulary" / "language.yml"))
    seen: dict[str, Example] = {}
    intents: dict[str, str] = {}
    for file in files(data / "nlu"):
        for entry in file.entry("nlu").items():
            intent, block = entry.entry("intent"), entry.entry("examples")
            if intent.text in intents:
                yield intent.problem(f"{intent.text} has examples at {intents[intent.text]} too. Put them together.")
            intents.setdefault(intent.text, intent.at)
            if not block.is_block:
                yield block.problem(f"the examples of {intent.text} are not one block. Begin with `examples: |`.")
                continue
            yield from _not_listed(intent.text, block)
            examples = _examples(intent.text, block)
            yield from _repeated(examples, seen)
            if len(examples) < FEWEST:
                yield intent.problem(f"{intent.text} has {len(examples)} examples. Write at least {FEWEST}.")
            if intent.text not in _ANY_LANGUAGE:
                yield from _languages(intent, examples, words)
    for language in (language for language in LANGUAGES if language not in COMPLETE):
        for file in files(data / "nlu" / language):
            yield from _further(file, intents, seen)


def _further(file: Part, intents: dict[str, str], seen: dict[str, Example]) -> Iterator[str]:
    """The examples of a language that need not be complete: of intents that there are, none twice."""
    for entry in file.entry("nlu").items():
        intent, block = entry.entry("intent"), entry.entry("examples")
        if intent.text not in intents:
            yield intent.problem(f"the intent {intent.text} has no other examples. Name one that has.")
        yield from _not_listed(intent.text, block)
        yield from _repeated(_examples(intent.text, block), seen)


def _function_words(listed: Part) -> dict[str, frozenset[str]]:
    return {language: frozenset(word.text for word in listed.entry(language).entry("function").items())
            for language in COMPLETE}


def _lines(block: Part) -> Iterator[tuple[int, str]]:
    """The lines of a block that are not empty, with their distance from its beginning."""
    return ((number, line) for number, line in enumerate(block.text.split("\n"), start=1) if line.strip())


def _not_listed(intent: str, block: Part) -> Iterator[str]:
    for number, line in _lines(block):
        if not line.startswith("- ") or not line[2:].strip():
            yield block.problem(f"{intent}: the line is no example. Begin it with a hyphen and a space.", after=number)


def _examples(intent: str, block: Part) -> list[Example]:
    return [Example(intent, " ".join(line[2:].split()), f"{block.path}:{block.line + number}")
            for number, line in _lines(block) if line.startswith("- ")]


def _repeated(examples: list[Example], seen: dict[str, Example]) -> Iterator[str]:
    for example in examples:
        first = seen.setdefault(example.folded, example)
        if first is example:
            continue
        if first.intent == example.intent:
            yield f"{example.at}: {example.text!r} stands at {first.at} already. Remove one of them."
        else:
            where = f"under {first.intent} too ({first.at})"
            yield f"{example.at}: {example.text!r} stands {where}. Keep it in one of the intents."


def _languages(intent: Part, examples: list[Example], words: dict[str, frozenset[str]]) -> Iterator[str]:
    tokens = [frozenset(_WORD.findall(example.text.lower().replace("’", "'"))) for example in examples]
    for language, function_words in words.items():
        count = sum(bool(found & function_words) for found in tokens)
        if count < SMALLEST_SHARE * len(examples):
            yield intent.problem(
                f"{intent.text} has only {count} of {len(examples)} examples in the language {language}. "
                f"Write more, up to at least {SMALLEST_SHARE:.0%}."
            )
