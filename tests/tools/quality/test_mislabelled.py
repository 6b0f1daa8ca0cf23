"""Lines under a wrong intent are found among real ones; sentence vectors are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.adapters.sentence_encoder.encoder import open_encoder
from bot.rasa_ext.kernel_ridge import Floats
from bot.settings import ROOT
from bot.tools.content_checks.training_lines import Line, training_lines
from bot.tools.quality.mislabelled import find_label_issues, kernel_matrix, leave_one_out_scores, problems
from bot.tools.quality.vector_store import VectorStore

DATA = ROOT / "data"
INTENTS = ("phone_number", "plan_price", "help_center", "talk_to_human", "incident_p1")
EACH = 60


class Hashing:
    """An encoder without meaning: words fall into places."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors `[n, 32]`."""
        self.asked += texts
        vectors = np.full((len(texts), 32), 0.01, np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.split():
                row[sum(map(ord, word)) % 32] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Real examples of a few intents."""
    every = training_lines(DATA)
    return [line for intent in INTENTS for line in [one for one in every if one.intent == intent][:EACH]]


@pytest.fixture(scope="module", params=["real", "hashing"])
def kernel(request: pytest.FixtureRequest, lines: list[Line]) -> Floats:
    """The kernel matrix of `lines`, by the encoder of this machine or by one that knows nothing."""
    encoder = open_encoder() if request.param == "real" else Hashing()
    if encoder is None:
        pytest.skip("this machine has no encoder")
    return kernel_matrix(lines, DATA, encoder.encode)


def test_planted_lines_are_found(lines: list[Line], kernel: Floats) -> None:
    """Six lines moved to another intent: most are found and told, few others are."""
    planted = {place: lines[-1 - place].intent for place in (7, 20, 33, 250, 270, 290)}
    moved = [replace(line, intent=planted.get(place, line.intent)) for place, line in enumerate(lines)]
    found = find_label_issues(moved, kernel)
    names = {issue.line.text for issue in found}
    right = [issue for issue in found if issue.line.text in {lines[place].text for place in planted}]
    assert len(right) >= 4
    assert len(names) - len(right) <= 5
    for issue in right:
        assert issue.intent == next(line.intent for line in lines if line.at == issue.line.at)
        assert len(issue.nearest) == 3
        assert {line.intent for line in issue.nearest} == {issue.intent}
        assert str(issue).startswith(f"{issue.line.at}: ")
        assert f"[{issue.line.intent}] looks like [{issue.intent}]: nearest" in str(issue)


def test_leaving_out_in_one_solve_is_leaving_out(kernel: Floats) -> None:
    """The short cut gives the scores of a model that was really fitted without the line."""
    part, labels = np.ascontiguousarray(kernel[::6, ::6]), np.repeat(np.arange(len(INTENTS)), EACH // 6)
    scores = leave_one_out_scores(part, labels)
    for place in (0, 17, 49):
        kept = np.arange(len(part)) != place
        targets = np.where(np.arange(len(INTENTS)) == labels[kept, None], 1.0, -1.0)
        weights = np.linalg.solve(part[np.ix_(kept, kept)] + 30 * np.eye(kept.sum()), targets)
        assert np.allclose(part[place, kept] @ weights, scores[place], atol=1e-3)


def test_vectors_are_kept(tmp_path: Path) -> None:
    """Only new texts are encoded; what is not asked for is forgotten."""
    hashing, path = Hashing(), tmp_path / "state" / "vectors.npz"
    first = VectorStore(hashing.encode, path).encode(["a", "b", "a"])
    again = VectorStore(hashing.encode, path).encode(["b", "c"])
    assert hashing.asked == ["a", "b", "c"]
    assert np.array_equal(first[1], again[0])
    assert np.array_equal(first[0], first[2])


def test_without_an_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It says so, and finds nothing in the dark."""
    monkeypatch.setenv("KILAT_ENCODER", "none")
    with pytest.raises(Exception, match="no sentence encoder"):
        problems(DATA, tmp_path)
