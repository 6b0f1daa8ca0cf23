"""Labelled questions of `tests/nlu/`: `- {say, lang, kind, intent}`, where `intent` is a name or a list of names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.adapters.yaml_reader import load
from bot.core.errors import ConfigurationError
from bot.services.evaluation import Question

_SETS = ("questions", "questions-es", "unseen.yml", "holdout.yml")


def question_sets(tree: Path) -> dict[str, Path]:
    """The paths of a checkout's test sets, by the names of their figures."""
    return {Path(name).stem: tree / "tests" / "nlu" / name for name in _SETS}


def read_questions(path: Path, data: Path) -> list[Question]:
    """The questions of a file, or of all files below a folder; `data` is the folder of topics.yml. Raises
    `ConfigurationError` for a question that lacks a field or names an unknown intent."""
    topics = read_topics(data)
    files = sorted(path.rglob("*.yml")) if path.is_dir() else [path]
    return [_question(file, entry, topics) for file in files for entry in load(file) or []]


def read_topics(data: Path) -> dict[str, str]:
    """The topic of each intent: the file that data/topics.yml names."""
    return {intent: entry["file"] for intent, entry in load(data / "topics.yml").items()}


def _question(file: Path, entry: Mapping[str, Any], topics: Mapping[str, str]) -> Question:
    try:
        intents = (entry["intent"],) if isinstance(entry["intent"], str) else tuple(entry["intent"])
        return Question(str(entry["say"]), entry["lang"], entry["kind"], intents, topics[intents[0]])
    except (KeyError, IndexError) as error:
        raise ConfigurationError(
            f"{file}: {dict(entry)} lacks a field, or names no topic of topics.yml ({error}). Mend it."
        ) from error
