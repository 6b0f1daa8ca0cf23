"""Rasa's own commands find the test stories of `data/`, learn nothing from them, and tell a wrong one."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

import pytest
from live_bot import active_model
from rasa.cli.arguments.test import set_test_core_arguments
from rasa.core.agent import Agent
from rasa.core.test import WrongPredictionException
from rasa.core.test import test as run_stories
from rasa.shared.importers.importer import TrainingDataImporter

from bot.settings import ROOT

STORIES = ROOT / "data" / "test_stories.yml"


@pytest.fixture(scope="module")
def agent() -> Any:
    """Rasa's agent with the model that serves."""
    return Agent.load(str(active_model()))


def _test(agent: Any, stories: Path, results: Path, *, e2e: bool = True) -> dict[str, Any]:
    """What `rasa test core --fail-on-prediction-errors` finds."""
    found: dict[str, Any] = asyncio.run(run_stories(str(stories), agent, out_directory=str(results), e2e=e2e,
                                                    fail_on_prediction_errors=True, disable_plotting=True))
    return found["report"]["conversation_accuracy"]


def test_training_leaves_the_test_stories_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule alone is trained; Rasa's usual importer, as `rasa test` has it, reads the stories too."""
    monkeypatch.chdir(ROOT)
    trained = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"]).get_stories().story_steps
    tested = TrainingDataImporter.load_from_dict(domain_path="domain.yml", training_data_paths=["data"])
    assert {Path(step.source_name).name for step in trained} == {"rules.yml"}
    assert {Path(step.source_name).resolve() for step in tested.get_conversation_tests().story_steps} == {STORIES}
    assert len(tested.get_stories().story_steps) > len(trained)


@pytest.mark.parametrize("e2e", [False, True])
def test_the_stories_come_true(agent: Any, tmp_path: Path, e2e: bool) -> None:
    """Found where plain `rasa test core` looks: each message is answered, and with `--e2e` understood."""
    set_test_core_arguments(parser := argparse.ArgumentParser())
    folder = ROOT / parser.parse_args([]).stories
    found = _test(agent, folder, tmp_path, e2e=e2e)
    assert found["correct"] == found["total"] >= 6


@pytest.mark.parametrize(("old", "new", "e2e"), [
    ("intent: cancel\n", "intent: thank\n", True),
    ("intent: cancel\n  - action: action_answer", "intent: cancel\n  - action: action_listen", False),
])
def test_a_wrong_story_fails(agent: Any, tmp_path: Path, old: str, new: str, e2e: bool) -> None:
    """One whose message means something else, with `--e2e`; one whose message is not answered, without, too."""
    (wrong := tmp_path / STORIES.name).write_text(changed := STORIES.read_text().replace(old, new, 1))
    assert changed != STORIES.read_text()
    with pytest.raises(WrongPredictionException):
        _test(agent, wrong, tmp_path, e2e=e2e)
