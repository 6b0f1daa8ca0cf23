"""Reads the scenarios of this folder: one parameter a scenario, an expected failure where it names a `known_gap`."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fill the parameter `scenario`."""
    if "scenario" not in metafunc.fixturenames:
        return
    parameters = []
    for path in sorted(Path(__file__).parent.glob("*.yml")):
        for scenario in YAML(typ="safe").load(path)["scenarios"]:
            gap = scenario.get("known_gap")
            marks = [pytest.mark.xfail(strict=True, reason=gap)] if gap else []
            parameters.append(pytest.param(scenario, id=f"{path.stem}: {scenario['name']}", marks=marks))
    metafunc.parametrize("scenario", parameters)
