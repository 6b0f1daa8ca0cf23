"""`kilat compare`: two models on the same scenarios, or on the same questions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.adapters.model_store import ModelError, Models, version_of
from bot.core.errors import ConfigurationError
from bot.settings import Settings
from bot.tools.compare import report
from bot.tools.compare.questions import compare_answers
from bot.tools.compare.turns import compare_runs
from bot.tools.sandbox.local_bot import quieten
from bot.tools.sandbox.play_all import play_all, read_scenarios
from bot.tools.sandbox.playing import Run
from bot.tools.sandbox.sandbox import open_sandbox
from bot.tools.scenarios.scenario import Scenario

ACTIVE, LATEST = "active", "latest"
_ARCHIVE = ".tar.gz"


def compare(arguments: argparse.Namespace, settings: Settings) -> int:
    """Tell what differs; differences are no failure."""
    if arguments.set and arguments.files:
        raise ConfigurationError("a test set or scenario files, not both")
    models = Models(settings.models)
    archives = {"A": archive_of(models, arguments.a), "B": archive_of(models, arguments.b)}
    _print([Text(f"{letter}: {version_of(archive)}", "bold") for letter, archive in archives.items()])
    quieten()
    a, b = archives.values()
    plain: dict[str, Any]
    if arguments.set:
        from bot.tools.quality.report import measure  # Rasa comes with it, which speaks as long as it is not quietened

        answers = compare_answers(*(measure(arguments.set, archive, settings.data) for archive in (a, b)))
        _print(report.of_set(answers, shown=arguments.show))
        plain = answers.as_json(shown=arguments.show)
    else:
        scenarios = read_scenarios(arguments.files)
        turns = compare_runs(scenarios, *(_runs(letter, archive, scenarios, settings)
                                          for letter, archive in archives.items()))
        _print(report.of_turns(turns))
        plain = turns.as_json()
    if arguments.json:
        named = {"models": {letter.lower(): version_of(archive) for letter, archive in archives.items()}, **plain}
        arguments.json.write_text(json.dumps(named, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def archive_of(models: Models, words: str) -> Path:
    """The archive of a version, of its unique beginning, of `active` or `latest`, or at a path. Raises
    `ModelError`."""
    if words == ACTIVE:
        return models.active_archive()
    if words.endswith(_ARCHIVE):
        if not Path(words).exists():
            raise ModelError(f"there is no archive {words}")
        return Path(words)
    versions = [model.version for model in models.all()]
    found = versions[:1] if words == LATEST else [name for name in versions if name.startswith(words)]
    if len(found) > 1:
        raise ModelError(f"several models begin with {words!r}: {', '.join(found)}")
    return models.archive(found[0] if found else models.get(words).version)


def _runs(letter: str, archive: Path, scenarios: Sequence[Scenario], settings: Settings) -> list[Run]:
    """Each model has a sandbox of its own, one after the other: a model needs a gigabyte."""
    with open_sandbox(settings, archive) as sandbox:
        return [run for _, run in play_all(sandbox, scenarios, f"Playing with {letter}", to_the_end=True)]


def _print(lines: Iterable[Text]) -> None:
    console = Console(highlight=False)
    for line in lines:
        console.print(line, soft_wrap=not console.is_terminal)
