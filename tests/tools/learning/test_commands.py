"""`kilat learn` from the stored feedback to the changed training data, with a stand-in for the trained model."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from learning_samples import missed, write_tree

from bot.ports.feedback import StoredFeedback
from bot.settings import Settings
from bot.tools.learning import commands
from bot.tools.learning.run_store import latest_run

NUMBERS = ["nomor tokyo berapa", "nomor di tokyo berapa", "nomor tokyo berapa sih"]
GUESSES = {"halo": ("greet", 0.95, "thank"), "nomor": ("phone_number", 0.45, "phone_rates"),
           "": ("deny", 0.35, "abuse")}
NOTHING = argparse.Namespace(patch=None)


class FakeFeedback:
    """The port, in memory."""

    def __init__(self, *records: StoredFeedback) -> None:
        self.records = records
        self.outcomes: dict[tuple[str, int], str] = {}

    def open(self, *, limit: int = 5000) -> tuple[StoredFeedback, ...]:
        """See `FeedbackStore`."""
        return tuple(one for one in self.records if (one.conversation_id, one.seq) not in self.outcomes)[:limit]

    def settle(self, keys: Any, outcome: str) -> None:
        """See `FeedbackStore`."""
        self.outcomes.update({key: outcome for key in keys})


def read(text: str) -> Mapping[str, Any]:
    """A model that nearly knows numbers, and greetings well."""
    name, sure, other = next(guess for word, guess in GUESSES.items() if word in text)
    ranking = [{"name": name, "confidence": sure}, {"name": other, "confidence": 0.01 if sure > 0.9 else 0.3}]
    near = [{"text": "nomor jepang", "intent": name, "similarity": 0.8}]
    return {"intent": ranking[0], "intent_ranking": ranking, "reason": {"nearest": near}}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> FakeFeedback:
    """Three people ask for a number, one for something else; a greeting is understood by now."""
    fake = FakeFeedback(*(missed(text, f"c{number}") for number, text in enumerate(NUMBERS)),
                        missed("kok begitu", "c8"), missed("halo min", "c9"))
    monkeypatch.setattr(commands, "open_feedback", lambda _settings: fake)
    monkeypatch.setattr(commands, "open_pipeline", lambda _model: read)
    monkeypatch.setattr(commands, "open_encoder", lambda: None)
    monkeypatch.setattr(commands.Models, "active_archive", lambda _models: Path("20261124-1.tar.gz"))
    monkeypatch.setattr(commands.Models, "made_of", lambda _models, _fingerprint: None)
    return fake


@pytest.fixture
def house(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a small tree of its own."""
    tree = write_tree(tmp_path / "tree")
    monkeypatch.setattr(commands, "ROOT", tree)
    return replace(settings, data=tree / "data")


def test_monday(store: FakeFeedback, house: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Look, take: the lines are in the data, their questions are settled, the others stay."""
    assert commands.look(argparse.Namespace(), house) == 0
    run = latest_run(house.state / "learn")
    assert "1 groups extend" in capsys.readouterr().out and "extend `phone_number`" in run.report.read_text()
    assert not store.outcomes
    assert commands.take(NOTHING, house) == 0
    text = (house.data / "nlu" / "phone.yml").read_text()
    # The third wording is nearly one of the first two.
    assert sum(line in text for line in NUMBERS) >= 1
    assert store.outcomes == {**{(f"c{number}", 1): "taken" for number in range(3)}, ("c9", 1): "understood"}
    assert "kilat train" in capsys.readouterr().out
    assert [one.text for one in store.open()] == ["kok begitu"]


def test_dismissed_is_proposed_no_more(store: FakeFeedback, house: Settings) -> None:
    """By its number in the report."""
    commands.look(argparse.Namespace(), house)
    commands.dismiss(argparse.Namespace(group=["1"]), house)
    assert store.outcomes == {(f"c{number}", 1): "dismissed" for number in range(3)}


def test_nothing_missed(store: FakeFeedback, house: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """No model is opened, and no folder made."""
    store.settle([(one.conversation_id, one.seq) for one in store.records], "taken")
    assert commands.look(argparse.Namespace(), house) == 0
    assert "Nothing was missed" in capsys.readouterr().out and not (house.state / "learn").exists()


def test_everything_understood_since(store: FakeFeedback, house: Settings) -> None:
    """A report and an empty patch."""
    store.records = store.records[-1:]
    commands.look(argparse.Namespace(), house)
    run = latest_run(house.state / "learn")
    assert run.patch.read_text() == "" and "Understood since" in run.report.read_text()
