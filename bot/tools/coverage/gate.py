"""The gate: what may stay untouched. It only ever names less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from bot.adapters.yaml_reader import load
from bot.core.errors import ConfigurationError
from bot.tools.coverage.coverage import Coverage
from bot.tools.coverage.inventory import INTENTS, Names, must_be_touched

_HEAD = """\
# What no scenario touches yet, by kind. `make test` fails when anything else is left out, such as a new intent.
# `kilat coverage --raise` takes out what scenarios touch by now; nothing is ever added (docs/coverage.md).
"""


@dataclass(frozen=True)
class Gate:
    """The names that no scenario has to touch, by kind."""

    untouched: Mapping[str, Names]

    def lost(self, coverage: Coverage) -> list[str]:
        """A line for each kind of which something must be touched and is not."""
        missing = {kind: [name for name in count.untouched if name not in self.untouched.get(kind, ())]
                   for kind, count in coverage.counts.items() if must_be_touched(kind)}
        return [_lost(kind, names) for kind, names in missing.items() if names]

    def gained(self, coverage: Coverage) -> list[str]:
        """"kind name" of what may stay untouched, and is touched by now or not there any more."""
        raised = self.raised_to(coverage).untouched
        return [f"{kind} {name}" for kind, names in self.untouched.items() for name in names
                if name not in raised.get(kind, ())]

    def raised_to(self, coverage: Coverage) -> Gate:
        """The gate without what is touched by now."""
        counts = coverage.counts
        left = {kind: tuple(name for name in names if kind in counts and name in counts[kind].untouched)
                for kind, names in self.untouched.items()}
        return Gate({kind: names for kind, names in left.items() if names})


def read_gate(path: Path) -> Gate:
    """The gate of a file. Raises `ConfigurationError`."""
    kinds = load(path) or {}
    if not isinstance(kinds, dict) or not all(isinstance(names, list) for names in kinds.values()):
        raise ConfigurationError(f"{path}:1: a list of names by kind is expected here.")
    return Gate({kind: tuple(str(name) for name in names) for kind, names in kinds.items()})


def write_gate(path: Path, gate: Gate) -> None:
    """Write the file of a gate."""
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        YAML().dump({kind: list(names) for kind, names in gate.untouched.items()}, file)


def _lost(kind: str, names: list[str]) -> str:
    if kind == INTENTS:
        return (f"intents: no scenario says {', '.join(names)} in words. An intent without a scenario lowers the "
                "coverage: let a visitor ask for it in tests/dialogue/*.yml.")
    return f"{kind}: no scenario touches {', '.join(names)}."
