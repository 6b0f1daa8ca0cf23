"""`kilat coverage`: plays scenarios in the sandbox, and tells what none of them touches."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rich.console import Console

from bot.adapters.model_store import Models
from bot.core.errors import ConfigurationError
from bot.settings import ROOT, Settings
from bot.tools.coverage.coverage import Coverage, counter
from bot.tools.coverage.gate import Gate, read_gate, write_gate
from bot.tools.coverage.table import show
from bot.tools.sandbox.play_all import play_all, read_scenarios
from bot.tools.sandbox.sandbox import open_sandbox

GATE = ROOT / "tests" / "coverage.yml"
FALLS = "The coverage falls below tests/coverage.yml (`kilat coverage` shows all):"


def coverage(arguments: argparse.Namespace, settings: Settings) -> int:
    """Play the scenarios; 1 when one fails, or when the coverage falls below the gate."""
    if arguments.files and arguments.raise_gate:
        raise ConfigurationError("the gate is of all scenarios: leave the files out to raise it")
    scenarios = read_scenarios(arguments.files)
    with open_sandbox(settings, Models(settings.models).active_archive()) as sandbox:
        counted = counter(sandbox.app)
        for scenario, run in play_all(sandbox, scenarios, "Playing"):
            counted.add(scenario, run)
    console = Console(highlight=False)
    show(counted, console)
    if arguments.json:
        arguments.json.write_text(json.dumps(counted.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if counted.failures:
        lines = [f"{len(counted.failures)} scenarios failed, so this coverage is not to be trusted:", *counted.failures]
        console.print("\n" + "\n".join(lines), markup=False)
        return 1
    return 0 if arguments.files else _gate(counted, GATE, console, raise_it=arguments.raise_gate)


def _gate(counted: Coverage, path: Path, console: Console, *, raise_it: bool) -> int:
    gate = read_gate(path) if path.exists() else Gate({})
    if lost := gate.lost(counted):
        console.print("\n" + "\n".join([FALLS, *lost]), markup=False)
    if gained := gate.gained(counted):
        console.print(f"\nThe coverage rises: {', '.join(gained)}.", markup=False)
        if raise_it:
            write_gate(path, gate.raised_to(counted))
            console.print(f"{path} holds it now: commit it.", markup=False)
        else:
            console.print("`kilat coverage --raise` writes the higher gate.", markup=False)
    return 1 if lost else 0
