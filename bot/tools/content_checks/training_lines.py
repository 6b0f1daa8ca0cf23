"""Reads the lines that train the model (`data/nlu/`) and those that test it (`tests/nlu/`), each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.adapters.yaml_reader import YamlNode, read


@dataclass(frozen=True)
class Line:
    """A message and its intent."""

    intent: str  # empty for a test question or a proposed line
    text: str
    at: str  # "file:line"; empty for a proposed line
    plain: str  # lower case, chat spellings unified, without punctuation ("premier+" keeps its plus)


def training_lines(data: Path) -> list[Line]:
    """Every example under `data/nlu/`, in the order of the files."""
    spelling = read(_spelling_file(data))
    return [line for path in sorted((data / "nlu").rglob("*.yml")) for line in _lines_of(read(path), spelling)]


@lru_cache(maxsize=512)
def _lines_of(file: YamlNode, spelling: YamlNode) -> tuple[Line, ...]:
    words = _variants(spelling)
    return tuple(
        _line(entry.entry("intent").text, text[2:], f"{file.path}:{entry.entry('examples').line + number}", words)
        for entry in file.entry("nlu").items()
        for number, text in enumerate(entry.entry("examples").text.split("\n"), start=1) if text.startswith("- "))


def questions_asked(data: Path) -> list[Line]:
    """The questions of the test sets beside `data/`; none in an installed copy without tests."""
    spelling = read_spelling(data)
    return [_line("", say.text, say.at, spelling) for path in sorted((data.parent / "tests" / "nlu").rglob("*.yml"))
            for say in _said(read(path))]


def as_lines(texts: Iterable[str], data: Path) -> list[Line]:
    """New `texts` as lines without an intent and a place."""
    spelling = read_spelling(data)
    return [_line("", text, "", spelling) for text in texts]


def _line(intent: str, text: str, at: str, spelling: Mapping[str, str]) -> Line:
    text = " ".join(text.split())
    return Line(intent, text, at, " ".join(spelling.get(word, word) for word in _words(text)) or text)


@lru_cache(maxsize=1 << 15)
def _words(text: str) -> list[str]:
    return re.sub(r"[^\w+]+", " ", re.sub(r"['’]", "", text.casefold())).split()


def read_spelling(data: Path) -> dict[str, str]:
    """Chat spelling to plain word."""
    return _variants(read(_spelling_file(data)))


def _spelling_file(data: Path) -> Path:
    return data / "vocabulary" / "spelling.yml"


def _variants(spelling: YamlNode) -> dict[str, str]:
    return {variant.text: plain.text for plain, variants in spelling.pairs() for variant in variants.items()}


def _said(questions: YamlNode) -> Iterator[YamlNode]:
    """The `say` of each entry; none of a file that is no list (gates, figures)."""
    return (entry.entry("say") for entry in questions.items()) if questions.is_list else iter(())
