"""The Rasa component that finds the words of `data/vocabulary` (see `vocabulary.py`)."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.languages import LANGUAGES
from bot.rasa_ext.vocabulary import VocabularyFinder, as_rasa, read_vocabulary

FOUND_ENTITIES = "vocabulary"
_OFTEN = 2
# Registered as a featurizer, too: Rasa shows training data to featurizers alone, and the classifier learns from the
# entities found in it.
_TYPES = [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER]


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with a space for each character of `spans` (start, end)."""
    letters = list(text)
    for start, end in spans:
        end = min(end, len(letters))
        letters[start:end] = " " * (end - start)
    return "".join(letters)


@DefaultV1Recipe.register(_TYPES, is_trainable=True)
class VocabularyExtractor(GraphComponent):
    """Extracts countries, plans, priorities, channels, roles … The vocabulary is kept in the model."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource,
                 finder: VocabularyFinder | None = None) -> None:
        self._folder = Path(config["folder"])
        self._storage = storage
        self._resource = resource
        self._finder = finder

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`folder`: where the vocabulary files lie."""
        return {"folder": "data/vocabulary"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A changed vocabulary means training anew."""
        folder = Path(config.get("folder", cls.get_default_config()["folder"]))
        files = [*sorted(folder.glob("*.yml")), Path(__file__).with_name("vocabulary.py")]
        return hashlib.sha256(b"".join([repr(LANGUAGES).encode(), *(file.read_bytes() for file in files)])).hexdigest()

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> VocabularyExtractor:
        """Called by Rasa before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> VocabularyExtractor:
        """Called by Rasa with a trained model."""
        with model_storage.read_from(resource) as folder:
            stored = json.loads((folder / "vocabulary.json").read_text())
        return cls(config, model_storage, resource, VocabularyFinder(stored["vocabulary"], stored["known_words"]))

    def train(self, training_data: TrainingData) -> Resource:
        """Read the vocabulary, learn the everyday words, and keep both."""
        counts = Counter(
            word
            for message in training_data.intent_examples
            for word in re.findall(r"[^\W\d_]+", message.get(TEXT).lower())
        )
        vocabulary = read_vocabulary(self._folder)
        known = sorted(word for word, count in counts.items() if count >= _OFTEN)
        self._finder = VocabularyFinder(vocabulary, known)
        with self._storage.write_to(self._resource) as folder:
            (folder / "vocabulary.json").write_text(json.dumps({"vocabulary": vocabulary, "known_words": known}))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set `FOUND_ENTITIES` of each example, for the classifier; not as annotations, for nobody annotated them."""
        for message in training_data.training_examples:
            if message.get(TEXT):
                message.set(FOUND_ENTITIES, self._find(message))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Called by Rasa at each message."""
        for message in messages:
            if message.get(TEXT):
                found = self._find(message)
                message.set(FOUND_ENTITIES, found)
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _find(self, message: Message) -> list[dict[str, Any]]:
        assert self._finder is not None, "trained or loaded before use"
        return [as_rasa(item) for item in self._finder.find(message.get(TEXT))]
