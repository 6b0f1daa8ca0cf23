"""Plays many scenarios, and shows on a terminal how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from bot.core.errors import ConfigurationError
from bot.settings import ROOT
from bot.tools.sandbox.playing import Run, play_in
from bot.tools.sandbox.sandbox import Sandbox
from bot.tools.scenarios.reader import read_all
from bot.tools.scenarios.scenario import Scenario

FOLDERS = (ROOT / "tests" / "dialogue", ROOT / "tests" / "handoff")


def read_scenarios(paths: Sequence[Path]) -> list[Scenario]:
    """The scenarios of files and folders; without any, those of the tests. Raises `ConfigurationError`."""
    if not paths and not FOLDERS[0].exists():
        raise ConfigurationError("there are no scenarios here; name files, or use a checkout of Kilat with its tests")
    if missing := next((path for path in paths if not path.exists()), None):
        raise ConfigurationError(f"there is no {missing}")
    return read_all(paths or FOLDERS)


def play_all(
    sandbox: Sandbox, scenarios: Sequence[Scenario], title: str, *, to_the_end: bool = False,
) -> Iterator[tuple[Scenario, Run]]:
    """Play each scenario, one after the other; see `play_in`."""
    errors = Console(stderr=True)
    for scenario in track(scenarios, title, console=errors, transient=True, disable=not errors.is_terminal):
        yield scenario, play_in(sandbox, scenario, to_the_end=to_the_end)
