"""The arguments of `kilat report`. What it does is imported when it is wanted, for it takes seconds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.settings import Settings


def add_to(commands: Any) -> None:
    """`kilat report`."""
    report = commands.add_parser("report", help="how well the model understands the test questions, by topic")
    report.add_argument("--set", default="questions", help="questions, questions-es, unseen or holdout")
    report.add_argument("--model", metavar="VERSION", help="as `kilat model list` shows it; left out: the active one")
    report.add_argument("--show", action="store_true",
                        help="the questions that failed, too: who has read them should not mend the data by them")
    report.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file")
    report.set_defaults(command=_report)


def _report(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.quality.report import report

    return report(arguments, settings)
