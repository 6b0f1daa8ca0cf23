"""Reads the words for people: `data/responses/`, `data/phrases/`, and `topics.yml`, `greeting.yml`, `notice.yml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.adapters.anonymizer import read_anonymizer
from bot.core.command import Command
from bot.core.errors import ConfigurationError
from bot.core.question import CueFinder
from bot.languages import FALLBACK, LANGUAGES, in_every_language
from bot.services.words import Topic, Wording

# May be missing: then there is no notice.
NOTICE = "notice.yml"


def read_wording(data: Path) -> Wording:
    """Everything under `data/` that words are put together from."""
    topics = {
        intent: Topic(entry["file"], in_every_language(entry["title"]), tuple(entry.get("next", ())),
                      frozenset(entry.get("accepts", ())))
        for intent, entry in _load(data / "topics.yml").items()
    }
    phrases = _completed({language: _phrases(data / "phrases" / f"{language}.yml") for language in LANGUAGES})
    responses = read_responses(data / "responses")
    commands = _load(data / "phrases" / "commands.yml")
    around = commands.pop("around")
    cues = CueFinder(
        _load(data / "phrases" / "cues.yml")["cues"],
        {name: Command(command["says"], [*around, *command["around"]]) for name, command in commands.items()})
    notice = data / NOTICE
    return Wording(phrases, responses, topics, cues, tuple(_load(data / "greeting.yml")["questions"]),
                   in_every_language(_load(notice)) if notice.exists() else {}, read_anonymizer(data))


def read_responses(folder: Path) -> dict[str, dict[str, str]]:
    """`{language: {response: text}}` from Rasa's response files: a variant on the slot `language`, else the first.

    A response that a language lacks is said in `FALLBACK`.
    """
    texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for path in sorted(folder.glob("*.yml")):
        for name, variants in _load(path)["responses"].items():
            if name in texts[LANGUAGES[0]]:
                raise ConfigurationError(f"{path}: {name} stands in another file too. Keep one of them.")
            for variant in variants:
                conditions = variant.get("condition") or [{"value": LANGUAGES[0]}]
                texts[conditions[0]["value"]][name] = variant["text"]
    return _completed(texts)


def _completed(texts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {language: {**texts[FALLBACK], **own} for language, own in texts.items()}


def _phrases(path: Path) -> dict[str, str]:
    return dict(_load(path)) if path.exists() else {}


def _load(path: Path) -> Any:
    return YAML(typ="safe").load(path)
