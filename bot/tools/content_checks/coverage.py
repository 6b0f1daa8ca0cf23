"""How much of the words there is in the languages that need not be complete."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.languages import COMPLETE, FALLBACK, LANGUAGES
from bot.tools.content_checks.yaml_lines import Part, files, read


def of_partial_languages(data: Path) -> Iterator[str]:
    """One line a language: "es: 92 of 92 responses, 150 of 187 phrases, …"."""
    responses = [variants for file in files(data / "responses") for _, variants in file.entry("responses").pairs()]
    topics = [topic.entry("title") for _, topic in read(data / "topics.yml").pairs()]
    facts = [text for file in files(data / "knowledge") for text in _texts(file)]
    phrases = set(read(data / "phrases" / f"{FALLBACK}.yml").entries())
    for language in (language for language in LANGUAGES if language not in COMPLETE):
        path = data / "phrases" / f"{language}.yml"
        own = phrases & set(read(path).entries()) if path.exists() else set()
        counts = (
            ("responses", sum(_has_variant(variants, language) for variants in responses), len(responses)),
            ("phrases", len(own), len(phrases)),
            ("titles of topics", sum(language in title.entries() for title in topics), len(topics)),
            ("names and rules", sum(language in text.entries() for text in facts), len(facts)),
        )
        told = ", ".join(f"{there} of {all_} {what}" for what, there, all_ in counts)
        yield f"{language}: {told}; the rest is said in {FALLBACK}."


def _texts(part: Part) -> Iterator[Part]:
    """Every text by language within `part`."""
    return (mapping for mapping in part.mappings() if set(COMPLETE) <= set(mapping.entries()))


def _has_variant(variants: Part, language: str) -> bool:
    return any(
        condition.entries()["value"].text == language
        for variant in variants.items() if "condition" in variant.entries()
        for condition in variant.entry("condition").items() if "value" in condition.entries()
    )
