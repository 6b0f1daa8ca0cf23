"""The model of intents: ranks, reasons, with and without an encoder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.rasa_ext.intent_model import IntentModel, class_metric

TEXTS = ["nomor jepang", "telepon jepang", "nomor telepon dong", "no telp tokyo", "halo", "halo kak", "halo min", "hai"]
INTENTS = ["phone_number"] * 4 + ["greet"] * 4
JAPAN = [("country", "JP")]
ENTITIES: list[list[tuple[str, str]]] = [JAPAN, JAPAN, [], JAPAN, [], [], [], []]
SPELLING = {"nmr": "nomor"}


class Letters:
    """An encoder that counts letters, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def frequencies(self, texts: Sequence[str]) -> Mapping[int, float]:
        """None."""
        return {}

    def encode(self, texts: Sequence[str], frequencies: Mapping[int, float] | None = None) -> NDArray[np.float32]:
        """Counts of a to z, of length 1."""
        self.asked += 1
        counts = np.array([[text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts], float)
        return np.asarray(counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9), np.float32)

    def is_word(self, word: str) -> bool:
        """None is."""
        return False


@pytest.mark.parametrize("trained_with", [False, True])
@pytest.mark.parametrize("asked_with", [False, True])
def test_ranks_with_and_without_an_encoder(trained_with: bool, asked_with: bool) -> None:
    """Whichever half has one: all intents, the right one first, probabilities that sum to at most 1."""
    model = IntentModel.fit(TEXTS, ENTITIES, INTENTS, Letters() if trained_with else None, SPELLING)
    ranking = model.predict("nmr jepang", [("country", "JP")], Letters() if asked_with else None).ranking
    assert ranking[0][0] == "phone_number"
    assert {name for name, _ in ranking} == set(INTENTS)
    assert 0 < sum(share for _, share in ranking) <= 1 + 1e-6


def test_the_reason() -> None:
    """The training lines that are most similar, the names of intents never among them."""
    model = IntentModel.fit(TEXTS, ENTITIES, INTENTS, Letters(), SPELLING)
    nearest = model.predict("Nomor Jepang", [("country", "JP")], Letters(), 3).nearest
    assert nearest[0].text == "nomor jepang" and nearest[0].intent == "phone_number"
    assert nearest[0].similarity == pytest.approx(1.0, abs=1e-3)
    everything = model.predict("greet", [], Letters(), 100).nearest
    assert len(everything) == len(TEXTS) and "greet" not in {line.text for line in everything}


def test_a_reading_is_plain_values() -> None:
    """What goes into a tracker can be written as JSON."""
    reading = IntentModel.fit(TEXTS, ENTITIES, INTENTS, Letters(), SPELLING).predict("hai jepang", [], Letters(), 2)
    assert json.loads(json.dumps(reading))[2] in (True, False)


def test_a_sure_message_makes_no_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder is asked only where the text alone leaves a doubt."""
    model = IntentModel.fit(TEXTS, ENTITIES, INTENTS, Letters(), SPELLING)
    encoder = Letters()
    monkeypatch.setattr("bot.rasa_ext.intent_model.CASCADE_THRESHOLD", 0.0)
    assert not model.predict("halo", [], encoder).is_embedded and encoder.asked == 0
    monkeypatch.setattr("bot.rasa_ext.intent_model.CASCADE_THRESHOLD", 2.0)
    assert model.predict("halo", [], encoder).is_embedded and encoder.asked == 1


def test_the_name_of_an_intent_is_a_line() -> None:
    """An intent is found by its name, which no line has."""
    model = IntentModel.fit(["abc", "abd"], [(), ()], ["card_arrival", "lost/phone"], None, {})
    assert model.predict("card arrival", (), None).ranking[0][0] == "card_arrival"
    assert model.predict("lost phone", (), None).ranking[0][0] == "lost/phone"


def test_too_many_lines_are_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second line is taken, and the log says so; all intents stay."""
    monkeypatch.setattr("bot.rasa_ext.intent_model.MAX_LINES", 5)
    model = IntentModel.fit(TEXTS, ENTITIES, INTENTS, None, SPELLING)
    assert len(model.lines) == 4 + 2 and set(model.intents) == set(INTENTS)


def test_lines_left_out() -> None:
    """Each with its intent and what the others take it for."""
    left_out = IntentModel.fit(TEXTS, ENTITIES, INTENTS, None, SPELLING).leave_one_out()
    assert [(text, intent) for text, intent, _ in left_out] == list(zip(TEXTS, INTENTS, strict=True))
    assert sum(intent == taken for _, intent, taken in left_out) >= 6


@pytest.mark.parametrize("gammas, chosen", [((30.0, 1.5), 1.5), ((1.5, 30.0), 1.5), ((3.0, 2.9), 3.0)])
def test_how_fast_similarity_fades(monkeypatch: pytest.MonkeyPatch, gammas: tuple[float, float], chosen: float) -> None:
    """The second is taken only where the lines left out speak for it clearly; here no line is near another."""
    random = np.random.default_rng(5)
    classes = np.arange(120) % 4
    vectors = random.normal(size=(4, 40))[classes] + 2.0 * random.normal(size=(120, 40))
    monkeypatch.setattr("bot.rasa_ext.intent_model._EMBEDDING_GAMMAS", gammas)
    monkeypatch.setattr(Letters, "encode", lambda self, texts, frequencies=None: np.float32(
        [vectors[int(text)] if text.isdigit() else np.ones(40) for text in texts]))
    texts = [str(number) for number in range(120)]
    model = IntentModel.fit(texts, [()] * 120, [f"intent {one}" for one in classes], Letters(), {})
    assert model.embedding_kernel is not None and model.embedding_kernel.gamma == chosen


def test_what_tells_intents_apart_counts_more() -> None:
    """The direction along which two intents differ is stretched, none is shortened, and the others hardly."""
    random = np.random.default_rng(3)
    classes = np.arange(200) % 2
    vectors = random.normal(size=(200, 5)).astype(np.float32)
    vectors[:, 0] += 4.0 * classes - 2.0
    metric = class_metric(vectors, classes)
    assert metric[0, 0] == pytest.approx(5.0, abs=0.2)
    assert np.linalg.eigvalsh(metric).min() > 0.99
    assert np.diag(metric)[1:] == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("texts, intents", [(["halo", "hai"], ["greet", "greet"]), (["halo", "nomor"], ["a", "b"])])
def test_where_nothing_tells_intents_apart(texts: list[str], intents: list[str]) -> None:
    """One intent alone, or one line each: there is an answer all the same."""
    ranking = IntentModel.fit(texts, [(), ()], intents, Letters(), {}).predict(texts[0], (), Letters()).ranking
    assert ranking[0][0] == intents[0] and np.isfinite(ranking[0][1])
