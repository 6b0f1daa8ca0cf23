"""The language of a message, as the entity `language` (Indonesian or English); none when the message can't tell.

Words of one language only are counted first; then lingua decides, restricted to the two (docs/decisions/0005).
A message that can't tell ("ok", "P1", "Jepang?") sets nothing, so that the conversation keeps its language.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lingua import Language, LanguageDetector, LanguageDetectorBuilder
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

ENTITY = "language"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LINGUA = {Language.INDONESIAN: "id", Language.ENGLISH: "en"}
SURE = 0.75
FEWEST_WORDS = 2


class LanguageGuesser:
    """Guesses `id`, `en` or `None` from words and character statistics."""

    def __init__(self, words: dict[str, list[str]]) -> None:
        self._words = {language: frozenset(listed) for language, listed in words.items()}
        self._lingua: LanguageDetector = LanguageDetectorBuilder.from_languages(*_LINGUA).build()

    @classmethod
    def from_file(cls, path: Path) -> LanguageGuesser:
        """A guesser with the words of a YAML file, `{language: [words]}`."""
        return cls(YAML(typ="safe").load(path))

    def guess(self, text: str) -> str | None:
        """The language of `text`, or `None`."""
        tokens = [token.replace("’", "'") for token in _WORD.findall(text.lower())]
        counts = {lang: sum(token in words for token in tokens) for lang, words in self._words.items()}
        if counts["id"] != counts["en"]:
            return max(counts, key=lambda language: counts[language])
        if len(tokens) < FEWEST_WORDS:
            return None
        best = self._lingua.compute_language_confidence_values(" ".join(tokens))[0]
        return _LINGUA[best.language] if best.value >= SURE else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageDetectorComponent(GraphComponent):
    """Adds the entity `language`; the slot of that name fills itself from it."""

    def __init__(self, guesser: LanguageGuesser) -> None:
        self._guesser = guesser

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`words`: the YAML file with the words of each language."""
        return {"words": "data/vocabulary/language.yml"}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LanguageDetectorComponent:
        """Called by Rasa."""
        return cls(LanguageGuesser.from_file(Path(config["words"])))

    def process(self, messages: list[Message]) -> list[Message]:
        """Called by Rasa at each message."""
        for message in messages:
            text = message.get(TEXT)
            language = self._guesser.guess(text) if text else None
            if language:
                found = {"entity": ENTITY, "value": language, "start": 0, "end": len(text), "extractor": "LanguageDetector"}
                message.set(ENTITIES, [*message.get(ENTITIES, []), found], add_to_output=True)
        return messages
