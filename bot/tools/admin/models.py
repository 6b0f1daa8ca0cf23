"""The commands of `kilat model`: list versions of the model, and choose the one that serves."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from bot.adapters.model_store import ModelError, Models, Trained
from bot.services.evaluation import Score
from bot.settings import Settings
from bot.tools import training
from bot.tools.training.running_bot import RunningBot


def show(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Print all versions with their figures."""
    models = Models(settings.models)
    known, active, made_of = models.all(), models.active(), training.fingerprint()
    bot, at_the_port = _running_bot(settings)
    loaded = bot.model if bot else None
    if active is None:
        print("No version is active: run `make train`.")
    sets = sorted({name for model in known for name in model.figures})
    rows = [("version", "trained (UTC)", "examples", "intents", "encoder", "commit", *sets, "")]
    for model in known:
        remarks = ["active"] * (active is not None and model.version == active.version)
        remarks += ["loaded by the running bot"] * (model.version == loaded)
        remarks += ["made of the present tree"] * (model.fingerprint == made_of)
        remarks += ["made by `rasa train`"] * model.is_by_rasa
        rows.append((model.version, model.trained[:16].replace("T", " "), *_facts(model),
                     *(_percent(model, name) for name in sets), ", ".join(remarks)))
    print("\n".join(_aligned(rows)))
    if active and loaded not in (None, active.version):
        print(f"The running bot serves {loaded}. `kilat model activate {active.version}` makes it change.")
    if at_the_port:
        print(at_the_port)
    return 0


def activate(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make a version serve."""
    print(training.activate(settings, arguments.version))
    return 0


def roll_back(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Make the version serve that served before."""
    print(training.roll_back(settings))
    return 0


def _running_bot(settings: Settings) -> tuple[RunningBot | None, str]:
    """The running bot of this checkout, and what there is to say of anything else at its port."""
    try:
        bot = training.find_bot(settings)
    except ModelError as error:
        return None, str(error)
    return (bot, "") if bot is None or bot.is_ours else (None, bot.stranger)


def _facts(model: Trained) -> tuple[str, str, str, str]:
    """Examples, intents, encoder and commit; empty if unknown."""
    encoder = {True: "yes", False: "no", None: ""}[model.encoder]
    return str(model.examples or ""), str(model.intents or ""), encoder, model.commit or ""


def _percent(model: Trained, name: str) -> str:
    """The accuracy on the test set `name`, empty if unknown."""
    figures = model.figures.get(name)
    return f"{Score(*figures['total']).percent:.1f}%" if figures else ""


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
