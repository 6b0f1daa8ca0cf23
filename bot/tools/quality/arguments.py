"""The arguments of `kilat report` and `kilat advisories`. What they do is imported when it is wanted, for it takes
seconds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.settings import Settings


def add_to(commands: Any) -> None:
    """Both commands."""
    report = commands.add_parser("report", help="how well the model understands the test questions, by topic")
    report.add_argument("--set", default="questions", help="questions, questions-es, unseen or holdout")
    report.add_argument("--model", metavar="VERSION", help="as `kilat model list` shows it; left out: the active one")
    report.add_argument("--show", action="store_true",
                        help="the questions that failed, too: who has read them should not mend the data by them")
    report.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file")
    report.set_defaults(command=_report)

    advisories = commands.add_parser(
        "advisories", help="published advisories that hold for the locked libraries, and why each is harmless here")
    advisories.set_defaults(command=_advisories)


def _report(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.tools.quality.report import report

    return report(arguments, settings)


def _advisories(_arguments: argparse.Namespace, _settings: Settings) -> int:
    from bot.tools.quality.advisories import as_markdown, findings, locked_versions, read_advisories, stale

    file, versions = read_advisories(), locked_versions()
    held = findings(versions, file)
    print(as_markdown(held))
    print(f"\n{len(held)} advisories hold for {len(versions)} packages; last looked for on {file.checked}.")
    for advisory in stale(versions, file):
        print(f"{advisory.id} of {advisory.package} holds no more: take it out of advisories.yml.")
    return 0
