"""What `kilat report` prints, draws and keeps."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.adapters.evaluation_sets import read_topics
from bot.adapters.model_store import Models, Trained
from bot.core.errors import ConfigurationError
from bot.services.evaluation import Evaluation, Figures, Outcome, Question
from bot.settings import ROOT, Settings
from bot.tools.quality import report as module
from bot.tools.quality.confusion_plot import draw
from bot.tools.quality.text_table import failures, table

VERSION = "20260101-000000-abcdef12"


def outcome(say: str, lang: str, kind: str, expected: str, taken: str) -> Outcome:
    """One question that was asked."""
    topic = read_topics(ROOT / "data")[expected]
    return Outcome(Question(say, lang, kind, (expected,), topic), taken, 0.5)


@pytest.fixture
def evaluation() -> Evaluation:
    """Two topics, two languages, one of each fault."""
    return Evaluation((
        outcome("nomor jepang", "id", "short", "phone_number", "phone_number"),
        outcome("is it free", "en", "chat", "phone_rates", "plan_price"),
        outcome("toll or not", "en", "chat", "phone_rates", "plan_price"),
        outcome("kalau telpon bayar", "id", "chat", "phone_rates", "nlu_fallback"),
        outcome("cuaca", "id", "far", "out_of_scope", "out_of_scope"),
        outcome("hotel refund", "en", "near", "out_of_scope", "billing"),
    ))


def test_table(evaluation: Evaluation) -> None:
    """Counts stand beside shares; weak intents say what they were taken for; no question is shown."""
    text = "\n".join(table(evaluation))
    lines = {line.split()[0]: line.split() for line in text.splitlines() if line}
    assert lines["phone"][1:] == ["0/2", "0.0%", "1/2", "50.0%", "1/4", "25.0%"]
    assert lines["all"][1:] == ["0/3", "0.0%", "2/3", "66.7%", "2/6", "33.3%"]
    assert "far 100.0% (1/1), near 0.0% (0/1)" in text
    assert "In scope and declined all the same: 25.0% (1/4)" in text
    assert text.splitlines()[-2].split()[0] == "phone_rates"
    assert text.splitlines()[-2].endswith("plan_price ×2, nlu_fallback ×1")
    assert "hotel refund" not in text


def test_failures(evaluation: Evaluation) -> None:
    """Only what went wrong, with what was expected."""
    shown = list(failures(evaluation.outcomes))
    assert len(shown) == 4
    assert shown[-1] == "hotel refund  [en, near; out_of_scope -> billing 0.50]"


def test_picture(evaluation: Evaluation, tmp_path: Path) -> None:
    """A PNG that can be opened; a folder that is missing is made."""
    path = tmp_path / "reports" / "x.png"
    draw(evaluation, read_topics(ROOT / "data"), "a title", path)
    with Image.open(path) as image:
        assert image.width > image.height > 500


def test_report(
    evaluation: Evaluation, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Prints, keeps the figures with the version, writes them where asked; shows questions only on demand."""
    settings = replace(settings, models=tmp_path / "models")
    models = Models(settings.models)
    settings.models.mkdir()
    archive = tmp_path / "x.tar.gz"
    archive.write_bytes(b"")
    models.add(archive, Trained(VERSION, "f", "2026-01-01T00:00:00Z", 1.0, None, True, 1, 1))
    monkeypatch.setattr(module, "measure", lambda *_: evaluation)
    wanted = tmp_path / "figures.json"
    arguments = argparse.Namespace(set="questions", model=VERSION, show=False, json=wanted)
    assert module.report(arguments, settings) == 0
    printed = capsys.readouterr().out
    assert f"{VERSION} on questions: 33.3% of 6 questions" in printed
    assert "hotel refund" not in printed
    assert Figures.from_json(models.get(VERSION).figures["questions"]) == evaluation.figures
    assert Figures.from_json(json.loads(wanted.read_text())) == evaluation.figures
    assert (settings.state / "reports" / "questions.png").is_file()
    module.report(argparse.Namespace(set="questions", model=VERSION, show=True, json=None), settings)
    assert "hotel refund" in capsys.readouterr().out


def test_an_unknown_set(settings: Settings) -> None:
    """Is told plainly."""
    with pytest.raises(ConfigurationError, match="no test set nonsense"):
        module.measure("nonsense", Path("x"), settings.data)
