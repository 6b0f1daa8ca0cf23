"""The active model on its own training lines, each judged by a model without that line; gate in `gates.yml`.

The model knows these answers from its fit (`bot/rasa_ext/kernel_ridge.py`), so nothing is trained here.
"""

from __future__ import annotations

import pickle
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.adapters.model_store import Models
from bot.rasa_ext.intent_model import IntentModel
from bot.settings import Settings
from bot.tools.training import is_trained

WEAKEST = 15
GATE = YAML(typ="safe").load(Path(__file__).with_name("gates.yml"))["left_out"]["accuracy"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> IntentModel:
    """The classifier inside the active model."""
    settings = Settings.from_environment()
    if not is_trained(settings):
        pytest.skip("no model of this tree; `make train`")
    folder = tmp_path_factory.mktemp("model")
    with tarfile.open(Models(settings.models).active_archive()) as archive:
        member = next(one for one in archive.getmembers() if one.name.endswith("model.pickle"))
        archive.extract(member, folder)
    found: IntentModel = pickle.loads((folder / member.name).read_bytes())
    return found


def test_it_learned_from_the_vocabulary(model: IntentModel) -> None:
    """Which kinds of value stand in a line, as `VocabularyExtractor` finds them; the model knows them as entities."""
    assert model.vectorizer.entities is not None
    assert {"plan", "country", "channel=phone", "priority=p1"} <= set(model.vectorizer.entities.columns)


def test_lines_left_out(model: IntentModel, capsys: pytest.CaptureFixture[str]) -> None:
    """Are understood; the weakest intents are shown."""
    if model.embedding_kernel is None:
        pytest.skip("trained without a sentence encoder; the gate is for one with")
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for _, intent, taken in model.leave_one_out():
        asked[intent] += 1
        right[intent] += taken == intent
    accuracy = 100 * sum(right.values()) / sum(asked.values())
    with capsys.disabled():
        print(f"\nleft out one by one: {accuracy:.1f}% of {sum(asked.values())} lines; the weakest intents:")
        for intent in sorted(asked, key=lambda name: right[name] / asked[name])[:WEAKEST]:
            print(f"  {intent:<22}{right[intent]:>4}/{asked[intent]:<4}{100 * right[intent] / asked[intent]:4.0f}%")
    assert accuracy >= GATE
