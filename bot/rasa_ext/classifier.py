"""The intent classifier: sentence vectors beside TF-IDF and the vocabulary's marks, one logistic regression.

`model.py` holds the mathematics; this is Rasa's component around it.
"""

from __future__ import annotations

from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_ext.encoder import open_encoder
from bot.rasa_ext.entities import FOUND
from bot.rasa_ext.model import IntentModel

FALLBACK = "nlu_fallback"
RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridIntentClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking`; `nlu_fallback` where the best intent stays under `threshold`."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource,
                 model: IntentModel | None = None) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._encoder = open_encoder()
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: probability under which nothing is understood. `ambiguity`: smallest lead over the second."""
        return {"threshold": 0.25, "ambiguity": 0.03}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> HybridIntentClassifier:
        """Called by Rasa before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> HybridIntentClassifier:
        """Called by Rasa with a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / "model.joblib"))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the intent examples and keep the model."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        texts = [message.get(TEXT) for message in examples]
        marks = [_marks(message) for message in examples]
        self._model = IntentModel.fit(texts, marks, [message.get(INTENT) for message in examples], self._encoder)
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / "model.joblib", compress=3)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Called by Rasa at each message."""
        assert self._model is not None, "trained or loaded before use"
        for message in messages:
            text = message.get(TEXT)
            if not text or message.get(INTENT, {}).get("confidence"):
                continue
            ranking = self._model.rank(text, _marks(message), self._encoder)[:RANKED]
            first, second = ranking[0], ranking[1]
            if first[1] < self._config["threshold"] or first[1] - second[1] < self._config["ambiguity"]:
                ranking = [(FALLBACK, 1.0 - first[1]), *ranking]
            listed = [{"name": name, "confidence": confidence} for name, confidence in ranking]
            message.set(INTENT, listed[0], add_to_output=True)
            message.set("intent_ranking", listed, add_to_output=True)
        return messages


def _marks(message: Message) -> list[tuple[str, str]]:
    return [(found["entity"], found["value"]) for found in message.get(FOUND) or []]
