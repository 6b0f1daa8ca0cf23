"""`kilat report`: measures how well a trained model understands a test set."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bot.adapters.evaluation_sets import question_sets, read_questions, read_topics
from bot.adapters.model_store import Models
from bot.core.errors import ConfigurationError
from bot.rasa_ext.parser import open_parser
from bot.services.evaluation import Evaluation, evaluate
from bot.settings import ROOT, Settings
from bot.tools.quality.confusion_plot import draw
from bot.tools.quality.text_table import failures, table

SETS = question_sets(ROOT)


def report(arguments: argparse.Namespace, settings: Settings) -> int:
    """Ask the model all questions, print the figures, store them with the version, and draw the confusions."""
    models = Models(settings.models)
    archive = models.archive(models.get(arguments.model).version) if arguments.model else models.active_archive()
    version = archive.name.removesuffix(".tar.gz")
    evaluation = measure(arguments.set, archive, settings.data)
    models.note(version, {arguments.set: evaluation.figures.as_json()})
    total = evaluation.figures.total
    title = f"{version} on {arguments.set}: {total.percent:.1f}% of {total.asked} questions"
    picture = settings.state / "reports" / f"{arguments.set}.png"
    draw(evaluation, read_topics(settings.data), title, picture)
    print("\n".join([title, "", *table(evaluation), "", f"What it confuses: {picture}"]))
    if arguments.show:
        print("\n".join(["", *failures(evaluation.outcomes)]))
    if arguments.json:
        arguments.json.write_text(json.dumps(evaluation.figures.as_json(), indent=1) + "\n")
    return 0


def measure(name: str, archive: Path, data: Path) -> Evaluation:
    """Ask the packed model all questions of the set `name`; `ConfigurationError` without such a set."""
    if name not in SETS or not SETS[name].exists():
        raise ConfigurationError(f"there is no test set {name} here; it needs a checkout of Kilat with its tests")
    return evaluate(open_parser(archive), read_questions(SETS[name], data))
