"""A message of nothing but values and filler words ("kalau Premier?", "and Japan?") is a follow-up, for certain."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.adapters.yaml_reader import load
from bot.rasa_ext.vocabulary_extractor import FOUND_ENTITIES, blanked

FOLLOW_UP = "follow_up"
_KINDS = {"plan", "account_type", "paid", "role", "licensed", "country", "priority"}
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class EllipsisClassifier(GraphComponent):
    """Stands before the trained classifier and settles the intent of an ellipsis."""

    def __init__(self, phrases: list[str], filler: list[str]) -> None:
        self._phrases = re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b")
        self._filler = frozenset(filler)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`filler`: the YAML file with the filler words."""
        return {"filler": "data/vocabulary/filler.yml"}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> EllipsisClassifier:
        """Called by Rasa."""
        words = load(Path(config["filler"]))
        return cls(words["phrases"], words["filler"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Called by Rasa at each message."""
        for message in messages:
            if message.get(TEXT) and self.is_ellipsis(message.get(TEXT), message.get(FOUND_ENTITIES) or []):
                settled = {"name": FOLLOW_UP, "confidence": 1.0}
                message.set(INTENT, settled, add_to_output=True)
                message.set("intent_ranking", [settled], add_to_output=True)
        return messages

    def is_ellipsis(self, text: str, found: list[dict[str, Any]]) -> bool:
        """True when only filler is left beside the values found."""
        values = [item for item in found if item["entity"] in _KINDS]
        if not values:
            return False
        rest = blanked(text.lower(), [(item["start"], item["end"]) for item in values])
        return all(token.replace("’", "'") in self._filler for token in _TOKEN.findall(self._phrases.sub(" ", rest)))
