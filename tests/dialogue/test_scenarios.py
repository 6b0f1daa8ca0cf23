"""The scenarios of `tests/dialogue` and `tests/handoff` (docs/scenarios.md), in the sandbox with the real model."""

from __future__ import annotations

import pytest
from live_bot import LiveBot

from bot.settings import ROOT
from bot.tools.coverage.command import FALLS, GATE
from bot.tools.coverage.coverage import Coverage, counter
from bot.tools.coverage.gate import read_gate
from bot.tools.sandbox.playing import play_in
from bot.tools.scenarios.reader import read_all
from bot.tools.scenarios.scenario import Scenario

SCENARIOS = read_all([ROOT / "tests" / "dialogue", ROOT / "tests" / "handoff"])


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


def test_coverage(coverage: Coverage) -> None:
    """Nothing is left out but what `tests/coverage.yml` names (docs/coverage.md)."""
    if len(coverage.played) < len(SCENARIOS) or coverage.failures:
        pytest.skip("some scenarios were not played, or failed")
    lost = read_gate(GATE).lost(coverage)
    assert not lost, "\n".join([FALLS, *lost])
