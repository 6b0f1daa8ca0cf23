"""Every complete language has the same texts with the same placeholders; partial languages have no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.locales import FOLDER
from bot.adapters.yaml_reader import YamlNode, read
from bot.languages import COMPLETE, FALLBACK, LANGUAGES
from bot.tools.content_checks.placeholders import differences, text_problems

# The file below the language's folder, and the keys to the text in it, with dots between.
Address = tuple[str, str]


def texts(data: Path, language: str, kind: str = "") -> dict[Address, YamlNode]:
    """The texts of a language, all or of one `kind`, by address."""
    folder = data / FOLDER / language
    found = ((path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*.yml")))
    return {(file, key): text for file, path in found if not kind or _kind(file) == kind
            for key, text in _leaves(read(path))}


def check(data: Path) -> Iterator[str]:
    """Check each text by itself, then compare the languages with the complete ones."""
    for folder in sorted((data / FOLDER).iterdir()):
        if folder.name not in LANGUAGES:
            yield f"{folder}:1: {folder.name} is no language here. List it in languages.yml, or remove the folder."
    found = {language: texts(data, language) for language in LANGUAGES}
    whole = {address: text for language in reversed(COMPLETE) for address, text in found[language].items()}
    for language, own in found.items():
        yield from _alone(own)
        for file, key in (address for address in whole if address not in own and language in COMPLETE):
            there = data / FOLDER / language / file
            yield whole[file, key].problem(f"{key} is missing in {there}. Add it there, or remove it here.")
        for address, text in own.items():
            if address in whole:
                yield from differences(address[1], whole[address], text)
            else:
                yield text.problem(f"{address[1]} is in no complete language. Remove it, or add it there.")


def of_partial_languages(data: Path) -> Iterator[str]:
    """A line for each partial language: "es: 94 of 94 responses, 119 of 158 phrases, …"."""
    whole = texts(data, FALLBACK)
    for language in (language for language in LANGUAGES if language not in COMPLETE):
        own = Counter(_kind(file) for file, key in texts(data, language) if (file, key) in whole)
        kinds = Counter(_kind(file) for file, _ in whole)
        told = ", ".join(f"{own[kind]} of {count} {kind}" for kind, count in kinds.items())
        yield f"{language}: {told}; the rest is said in {FALLBACK}."


def _kind(file: str) -> str:
    return file.split("/")[0].removesuffix(".yml")


def _alone(own: dict[Address, YamlNode]) -> Iterator[str]:
    """Find typing errors, values that YAML does not read as texts, and keys that stand in two files of one kind."""
    known: dict[Address, tuple[str, YamlNode]] = {}
    for (file, key), text in own.items():
        yield from text_problems(key, text)
        if not text.is_text:
            yield text.problem(f"{key} is no text to YAML. Put it in quotation marks.")
        first_file, first = known.setdefault((_kind(file), key), (file, text))
        if first_file != file:
            yield text.problem(f"{key} stands at {first.at} too. Keep one of them.")


def _leaves(part: YamlNode, prefix: str = "") -> Iterator[tuple[str, YamlNode]]:
    """(keys with dots between, text) of every text within `part`; an item of a list has its number as key."""
    if part.is_scalar:
        yield prefix, part
        return
    inner = enumerate(part.items()) if part.is_list else ((key.text, value) for key, value in part.pairs())
    for name, value in inner:
        yield from _leaves(value, f"{prefix}.{name}" if prefix else str(name))
