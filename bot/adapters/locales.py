"""Reads translations: `data/locales/<language>/<kind>.yml`, and all files of the folder `<kind>/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.adapters.yaml_reader import load
from bot.languages import FALLBACK, LANGUAGES

FOLDER = "locales"
Texts = dict[str, Any]


def read_locales(data: Path, kind: str) -> dict[str, Texts]:
    """`{language: texts}` of one kind, nested and ordered as in the files; {} for each language when there is no file.
    A text that a language lacks is that of `FALLBACK`."""
    own = {language: own_texts(data, language, kind) for language in LANGUAGES}
    return {language: _completed(texts, own[FALLBACK]) for language, texts in own.items()}


def own_texts(data: Path, language: str, kind: str) -> Texts:
    """The texts of one kind that `language` has of its own."""
    folder = data / FOLDER / language
    paths = [folder / f"{kind}.yml", *sorted((folder / kind).glob("*.yml"))]
    return {key: text for path in paths if path.exists() for key, text in load(path).items()}


def _completed(own: Texts, whole: Texts) -> Texts:
    mine = {key: _completed(text, whole.get(key, {})) if isinstance(text, dict) else text for key, text in own.items()}
    return {**whole, **mine}
