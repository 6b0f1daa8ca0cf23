"""Two models side by side, played by tiny stand-ins that know a few lines."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.model_store import ModelError, Models, Trained
from bot.core.errors import ConfigurationError
from bot.ports import BotReply, BotTurn
from bot.services.evaluation import Evaluation, Outcome, Question
from bot.settings import Settings
from bot.tools.compare.command import archive_of, compare
from bot.tools.compare.questions import compare_answers
from bot.tools.compare.report import of_set
from bot.tools.quality import report as quality_report
from bot.tools.sandbox import sandbox as sandbox_module
from bot.tools.sandbox.local_bot import LocalBot
from bot.tools.sandbox.recorded_app import RecordedApp

A, B = "20260101-000000-aaaaaaaa", "20260102-000000-bbbbbbbb"
KNOWN = {"halo": "greet", "makasih": "thank", "panggil orang": "talk_to_human", "buat tiket": "create_ticket"}
SCENARIOS = """
scenarios:
- name: small talk
  turns:
  - user: halo
    has: Kilat
  - user: makasih
    has: sama-sama
  - user: halo
- name: a person
  as: premier:admin:business
  turns:
  - user: panggil orang
    has: KLC-
- name: nothing of it differs
  turns:
  - user: halo
"""


class StandIn(LocalBot):
    """Understands what it knows, and answers it with the real services."""

    def __init__(self, model: Path, app: RecordedApp, known: Mapping[str, str]) -> None:
        super().__init__(model, app)
        self._known = known

    def wait(self) -> None:
        """There is no model to load."""

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        intent = self._known[turn.text]
        self.app.recorder.parsed({"intent": {"name": intent, "confidence": 1.0}, "entities": []})
        return self.app.responder.answer(replace(turn, text=f"/{intent}"))


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """With a folder of models of its own."""
    return replace(settings, models=tmp_path / "models")


@pytest.fixture
def models(settings: Settings) -> Models:
    """Two versions, the older one active."""
    models = Models(settings.models)
    settings.models.mkdir(parents=True, exist_ok=True)
    for version in (A, B):
        archive = settings.models / "new"
        archive.touch()
        models.add(archive, Trained(version, "f", "2026-01-01", 1.0, None, True, 1, 1))
    models.activate(A, "tree")
    return models


@pytest.fixture
def compared(models: Models, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
             capsys: pytest.CaptureFixture[str]) -> Any:
    """`kilat compare` of two stand-ins by what B understands otherwise: what it prints, and its figures."""
    def run(**otherwise: str) -> tuple[str, Any]:
        known = {A: KNOWN, B: KNOWN | {key.replace("_", " "): intent for key, intent in otherwise.items()}}
        monkeypatch.setattr(sandbox_module, "LocalBot",
                            lambda model, app: StandIn(model, app, known[model.name.removesuffix(".tar.gz")]))
        (tmp_path / "some.yml").write_text(SCENARIOS)
        given = {"a": A, "b": B, "files": [tmp_path / "some.yml"], "set": None, "show": False,
                 "json": tmp_path / "out.json"}
        assert compare(argparse.Namespace(**given), settings) == 0
        return capsys.readouterr().out, json.loads((tmp_path / "out.json").read_text())
    return run


def test_equal_models_do_not_differ(compared: Any) -> None:
    """In no turn, although each opens a case of its own."""
    text, figures = compared()
    assert "0 of 5 turns differ." in text
    assert figures == {"models": {"a": A, "b": B}, "turns": 5, "changed": [],
                       "goes_well_only_with": {"a": [], "b": []}}


def test_what_changed_turn_by_turn(compared: Any) -> None:
    """The intent and the answer; the turns after one that goes wrong are compared, too."""
    text, figures = compared(makasih="goodbye")
    [turn] = figures["changed"]
    assert turn["step"] == "> makasih" and turn["at"].endswith("some.yml:7")
    assert turn["changes"]["intent"] == {"a": "thank", "b": "goodbye"} and set(turn["changes"]) == {"intent", "answer"}
    assert figures["goes_well_only_with"] == {"a": ["some.yml: small talk"], "b": []}
    assert "1 of 5 turns differ." in text and "1 scenarios go well only with A:\n  some.yml: small talk" in text
    assert "  intent   A thank\n           B goodbye\n" in text and "\x1b" not in text


def test_another_route(compared: Any) -> None:
    """A hand-off that B does not hear; the number of a case differs never."""
    _, figures = compared(panggil_orang="create_ticket")
    [turn] = figures["changed"]
    assert turn["changes"]["route"] == {"a": "agent_queue_tier2", "b": ""}
    assert "KLC-…" in turn["changes"]["answer"]["a"]


@pytest.mark.parametrize(("words", "version"), [
    ("active", A), ("latest", B), (A, A), ("20260102", B), ("20260101-0", A)])
def test_the_models_by_name(models: Models, words: str, version: str) -> None:
    """A version, its beginning, or a word."""
    assert archive_of(models, words) == models.archive(version)


def test_a_model_by_its_path(models: Models, tmp_path: Path) -> None:
    """An archive that no folder of models holds."""
    (tmp_path / "x.tar.gz").touch()
    assert archive_of(models, str(tmp_path / "x.tar.gz")) == tmp_path / "x.tar.gz"


@pytest.mark.parametrize(("words", "message"), [
    ("2026", "several models begin"), ("2027", "no model '2027'"), ("no/such.tar.gz", "no archive")])
def test_no_such_model(models: Models, words: str, message: str) -> None:
    """The message says what is wrong."""
    with pytest.raises(ModelError, match=message):
        archive_of(models, words)


def _evaluation(*intents: str) -> Evaluation:
    """Four questions, all of which ask for `greet`."""
    return Evaluation(tuple(Outcome(Question(f"secret {number}", "id", "chat", ("greet",), "smalltalk"), intent, 1.0)
                            for number, intent in enumerate(intents)))


def test_a_test_set() -> None:
    """Gained, lost, and otherwise wrong; the questions are shown only when asked for."""
    found = compare_answers(_evaluation("greet", "greet", "thank", "thank"),
                            _evaluation("greet", "deny", "greet", "deny"))
    assert [len(group) for group in (found.gained, found.lost, found.other)] == [1, 1, 1]
    assert (found.lost[0].a, found.lost[0].b) == ("greet", "deny")
    text = "\n".join(line.plain for line in of_set(found, shown=False))
    assert "[id; greet: greet -> deny]" in text and "A: 50.0% of 4, 2 right" in text and "secret" not in text
    assert "secret" not in json.dumps(found.as_json(shown=False))
    assert "secret 1" in "\n".join(line.plain for line in of_set(found, shown=True))


def test_the_command_on_a_test_set(models: Models, settings: Settings, monkeypatch: pytest.MonkeyPatch,
                                   capsys: pytest.CaptureFixture[str]) -> None:
    """Asks both; scenario files do not go with it."""
    answers = {A: _evaluation("greet"), B: _evaluation("deny")}
    monkeypatch.setattr(quality_report, "measure",
                        lambda name, archive, data: answers[archive.name.removesuffix(".tar.gz")])
    given = {"a": A, "b": "latest", "files": [], "set": "questions", "show": False, "json": None}
    assert compare(argparse.Namespace(**given), settings) == 0
    assert "Right only with A: 1" in capsys.readouterr().out
    with pytest.raises(ConfigurationError, match="not both"):
        compare(argparse.Namespace(**{**given, "files": [Path("x.yml")]}), settings)
