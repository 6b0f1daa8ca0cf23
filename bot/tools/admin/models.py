"""The commands of `kilat model`: list versions of the model, and choose the one that serves."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from bot.adapters.model_store import Models, Trained
from bot.services.evaluation import Score
from bot.settings import Settings
from bot.tools import training


def show(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Print all versions with their figures."""
    models = Models(settings.models)
    known, active, loaded, made_of = models.all(), models.active(), training.serving(settings), training.fingerprint()
    if active is None:
        print("No version is active: run `make train`.")
    sets = sorted({name for model in known for name in model.figures})
    rows = [("version", "trained (UTC)", "examples", "intents", "encoder", "commit", *sets, "")]
    for model in known:
        remarks = ["active"] * (active is not None and model.version == active.version)
        remarks += ["loaded by the running bot"] * (model.version == loaded)
        remarks += ["made of the present tree"] * (model.fingerprint == made_of)
        rows.append((model.version, model.trained[:16].replace("T", " "), str(model.examples), str(model.intents),
                     "yes" if model.encoder else "no", model.commit or "", *(_percent(model, name) for name in sets),
                     ", ".join(remarks)))
    print("\n".join(_aligned(rows)))
    if active and loaded not in (None, active.version):
        print(f"The running bot serves {loaded}. `kilat model activate {active.version}` makes it change.")
    return 0


def activate(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make a version serve."""
    _tell(arguments.version, is_served=training.activate(settings, arguments.version))
    return 0


def roll_back(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Make the version serve that served before."""
    version, is_served = training.roll_back(settings)
    _tell(version, is_served=is_served)
    return 0


def _tell(version: str, *, is_served: bool) -> None:
    if is_served:
        print(f"{version} is active, and the running bot serves it.")
    else:
        print(f"{version} is active. No bot is running; the next start serves it.")


def _percent(model: Trained, name: str) -> str:
    """The accuracy on the test set `name`, empty if unknown."""
    figures = model.figures.get(name)
    return f"{Score(*figures['total']).percent:.1f}%" if figures else ""


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
