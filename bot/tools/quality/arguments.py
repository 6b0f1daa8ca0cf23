"""The arguments of `kilat report` and `kilat advisories`."""

from __future__ import annotations

from typing import Any

from bot.tools.subcommands import add_subcommand, output_file


def add_to(commands: Any) -> None:
    """Add both commands to `commands`."""
    report = add_subcommand(commands, "report", "bot.tools.quality.report:report",
                            help="how well the model understands the test questions, by topic")
    report.add_argument("--set", default="questions", help="questions, questions-es, unseen or holdout")
    report.add_argument("--model", metavar="VERSION", help="as `kilat model list` shows it; left out: the active one")
    report.add_argument("--show", action="store_true",
                        help="the questions that failed, too: who has read them should not mend the data by them")
    report.add_argument("--json", type=output_file, metavar="FILE", help="write the figures to a file")
    add_subcommand(commands, "advisories", "bot.tools.quality.advisories:show",
                   help="published advisories that hold for the locked libraries, and why each is harmless here")
