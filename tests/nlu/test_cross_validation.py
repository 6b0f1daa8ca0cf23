"""The intent model by cross-validation over `data/nlu`, with real marks and the real encoder; gate in `gates.yml`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from ruamel.yaml import YAML

from bot.rasa_ext.encoder import Encoder, open_encoder
from bot.rasa_ext.model import IntentModel, Marks, normalise
from bot.settings import ROOT

# Half of the examples and half of the folds: the encoder takes 10 ms a text and a fit 20 s.
EVERY = 2
FOLDS = 4
FOLDS_RUN = 2
WEAKEST = 15
GATE = YAML(typ="safe").load(Path(__file__).with_name("gates.yml"))["cross_validation"]["accuracy"]
Examples = tuple[list[str], list[Marks], list[str]]


class Remembering:
    """An encoder that encodes each text once."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        unique = list(dict.fromkeys(texts))
        self._vectors = dict(zip(unique, encoder.encode(unique), strict=True))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        return np.stack([self._vectors[text] for text in texts])


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """Texts, the vocabulary's marks in them as the real component finds them, and intents."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.training_data.loading import load_data

    from bot.rasa_ext.entities import FOUND, VocabularyExtractor

    data = load_data(str(ROOT / "data" / "nlu"))
    storage = LocalModelStorage.create(tmp_path_factory.mktemp("model"))
    extractor = VocabularyExtractor({"folder": ROOT / "data" / "vocabulary"}, storage, Resource("vocabulary"))
    extractor.train(data)
    found = extractor.process_training_data(data).intent_examples[::EVERY]
    marks: list[Marks] = [[(item["entity"], item["value"]) for item in one.get(FOUND)] for one in found]
    return [one.get("text") for one in found], marks, [one.get("intent") for one in found]


def test_cross_validation(examples: Examples, capsys: pytest.CaptureFixture[str]) -> None:
    """Examples held out are understood; the weakest intents are shown."""
    from sklearn.model_selection import StratifiedKFold

    texts, marks, intents = examples
    spelling = _spelling()
    opened = open_encoder()
    encoder = Remembering(opened, [normalise(text, spelling) for text in texts]) if opened else None
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(texts, intents))[:FOLDS_RUN]
    for kept, held_out in folds:
        model = IntentModel.fit(
            [texts[i] for i in kept], [marks[i] for i in kept], [intents[i] for i in kept], encoder, spelling
        )
        for i in held_out:
            asked[intents[i]] += 1
            right[intents[i]] += model.rank(texts[i], marks[i], encoder)[0][0] == intents[i]
    accuracy = 100 * sum(right.values()) / sum(asked.values())
    weakest = sorted(asked, key=lambda intent: right[intent] / asked[intent])[:WEAKEST]
    with capsys.disabled():
        print(f"\ncross-validation: {accuracy:.1f}% of {sum(asked.values())} examples held out; the weakest intents:")
        for intent in weakest:
            print(f"  {intent:<22}{right[intent]:>4}/{asked[intent]:<4}{100 * right[intent] / asked[intent]:4.0f}%")
    assert accuracy >= GATE


def _spelling() -> dict[str, str]:
    entries = YAML(typ="safe").load(ROOT / "data" / "vocabulary" / "spelling.yml")
    return {str(variant): plain for plain, variants in entries.items() for variant in variants}
