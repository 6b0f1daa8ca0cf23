"""The intent classifier, Rasa's component around `intent_model.py`.

The component works in any Rasa project. Alone in a pipeline it reads the text; after `VocabularyExtractor` it reads the
entities found, too.
"""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.adapters import sentence_encoder
from bot.adapters.sentence_encoder.encoder import open_encoder
from bot.adapters.sentence_encoder.folder import encoder_folder
from bot.adapters.yaml_reader import load
from bot.rasa_ext.intent_model import OUT_OF_SCOPE, IntentModel, Prediction
from bot.rasa_ext.vocabulary_extractor import FOUND_ENTITIES

FALLBACK = "nlu_fallback"
RANKED = 10
REASONS = 3
_MODEL_FILES = ("intent_model.py", "text_features.py", "kernel_ridge.py", "spelling.py")


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
        """`threshold`: the probability under which nothing is understood. `out_of_scope`: the probability from which
        out of scope goes first though another intent leads. `spelling`: the YAML file of chat spellings, or null."""
        return {"threshold": 0.3, "out_of_scope": 0.28, "spelling": "data/vocabulary/spelling.yml"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A changed list of spellings, encoder or model means training anew; Rasa looks at this class alone."""
        spelling = config.get("spelling", cls.get_default_config()["spelling"])
        files = [*(Path(__file__).with_name(name) for name in _MODEL_FILES),
                 *sorted(Path(sentence_encoder.__path__[0]).glob("*.py")), *([Path(spelling)] if spelling else [])]
        folder = encoder_folder()
        parts = [*(path.read_bytes() for path in files), folder.name.encode() if folder else b""]
        return hashlib.sha256(b"".join(parts)).hexdigest()

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> HybridIntentClassifier:
        """Called by Rasa before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> HybridIntentClassifier:
        """Called by Rasa with a trained model."""
        with model_storage.read_from(resource) as folder, (folder / "model.pickle").open("rb") as file:
            return cls(config, model_storage, resource, pickle.load(file))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the intent examples and keep the model."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        texts = [message.get(TEXT) for message in examples]
        self._model = IntentModel.fit(
            texts, [_entities(message) for message in examples], [message.get(INTENT) for message in examples],
            self._encoder, _read_spelling(self._config["spelling"]))
        with self._storage.write_to(self._resource) as folder, (folder / "model.pickle").open("wb") as file:
            pickle.dump(self._model, file)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Called by Rasa at each message."""
        assert self._model is not None, "trained or loaded before use"
        for message in messages:
            text = message.get(TEXT)
            if message.get(INTENT, {}).get("confidence"):
                continue
            if not text:  # without any intent, Rasa's rules find no end of the turn, nor of any later one
                message.set(INTENT, {"name": FALLBACK, "confidence": 1.0}, add_to_output=True)
                continue
            prediction = self._model.predict(text, _entities(message), self._encoder, REASONS)
            ranking = self._apply_thresholds(prediction.ranking[:RANKED])
            listed = [{"name": name, "confidence": confidence} for name, confidence in ranking]
            message.set(INTENT, listed[0], add_to_output=True)
            message.set("intent_ranking", listed, add_to_output=True)
            message.set("reason", _reason(prediction), add_to_output=True)
        return messages

    def _apply_thresholds(self, ranking: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """Put out of scope first where it is likely enough, and the fallback where no intent is."""
        (best, share), shares = ranking[0], dict(ranking)
        if best != OUT_OF_SCOPE and shares.get(OUT_OF_SCOPE, 0.0) >= self._config["out_of_scope"]:
            return [(OUT_OF_SCOPE, shares[OUT_OF_SCOPE]), *(item for item in ranking if item[0] != OUT_OF_SCOPE)]
        if share < self._config["threshold"]:
            return [(FALLBACK, 1.0 - share), *ranking]
        return ranking


def _reason(prediction: Prediction) -> dict[str, Any]:
    """By how much the first intent leads, the nearest training lines, and whether an embedding was made."""
    shares = [share for _, share in prediction.ranking[:2]]
    return {"margin": shares[0] - shares[1] if len(shares) > 1 else 1.0,
            "nearest": [line._asdict() for line in prediction.nearest], "vectors": prediction.is_embedded}


def _read_spelling(path: str | None) -> dict[str, str]:
    """Chat spelling to plain word."""
    entries = load(Path(path)) if path else {}
    return {str(variant): plain for plain, variants in entries.items() for variant in variants}


def _entities(message: Message) -> list[tuple[str, str]]:
    return [(found["entity"], found["value"]) for found in message.get(FOUND_ENTITIES) or []]
