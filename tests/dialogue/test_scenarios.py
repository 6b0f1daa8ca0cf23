"""The scenarios of `tests/dialogue` and `tests/handoff` (docs/scenarios.md), in the sandbox with the real model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from live_bot import LiveBot

from bot.settings import ROOT
from bot.tools.coverage.command import FALLS, GATE
from bot.tools.coverage.coverage import Coverage, counter
from bot.tools.coverage.gate import read_gate
from bot.tools.sandbox.playing import play_in
from bot.tools.scenarios.reader import read, read_all
from bot.tools.scenarios.scenario import Scenario

SCENARIOS = read_all([ROOT / "tests" / "dialogue", ROOT / "tests" / "handoff"])
DOCS = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SAMPLES = [pytest.param(sample, id=page.name) for page in DOCS
           for sample in re.findall(r"```yaml\n(scenarios:\n.*?)```", page.read_text(encoding="utf-8"), re.S)]


@pytest.fixture(scope="module")
def coverage(live_bot: LiveBot) -> Coverage:
    """What the scenarios touch, counted while they are played."""
    return counter(live_bot.sandbox.app)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: f"{scenario.path.stem}: {scenario.name}")
def test_scenario(live_bot: LiveBot, coverage: Coverage, scenario: Scenario) -> None:
    """Every turn goes as told; one with a `known_gap` does not, until somebody mends it and takes the mark away."""
    transcript: list[str] = []
    run = play_in(live_bot.sandbox, scenario, before=lambda step: transcript.append(str(step)), after=lambda turn: (
        transcript.extend([f"   [{turn.trace.intent} {turn.trace.confidence:.2f}]",
                           *(entry.get("text", "") for entry in turn.entries)])))
    coverage.add(scenario, run)
    assert run.outcome.is_right, "\n".join([*transcript, *(f"!! {failure}" for failure in run.outcome.failures)])


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_samples_of_the_docs(live_bot: LiveBot, tmp_path: Path, sample: str) -> None:
    """Each goes as it says."""
    path = tmp_path / "sample.yml"
    path.write_text(sample, encoding="utf-8")
    for scenario in read(path):
        assert play_in(live_bot.sandbox, scenario).outcome.failures == ()


def test_which_docs_have_samples() -> None:
    """So that none is overlooked."""
    assert {sample.id for sample in SAMPLES} >= {"CONTRIBUTING.md", "scenarios.md", "shell.md"}


def test_coverage(coverage: Coverage) -> None:
    """Nothing is left out but what `tests/coverage.yml` names (docs/coverage.md)."""
    if len(coverage.played) < len(SCENARIOS) or coverage.failures:
        pytest.skip("some scenarios were not played, or failed")
    lost = read_gate(GATE).lost(coverage)
    assert not lost, "\n".join([FALLS, *lost])
