"""The arguments of `kilat compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.tools.subcommands import add_subcommand, output_file

_MODEL = "a version of `kilat model list` or its unique beginning, `active`, `latest`, or the path of an archive"


def add_to(commands: Any) -> None:
    """Add the command to `commands`."""
    parser = add_subcommand(
        commands, "compare", "bot.tools.compare.command:compare",
        help="two models side by side, turn by turn on scenarios, or on a labelled test set")
    parser.add_argument("a", metavar="A", help=_MODEL)
    parser.add_argument("b", metavar="B", help="the other one")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE",
                        help="scenario files or folders; left out: tests/dialogue and tests/handoff")
    parser.add_argument("--set", metavar="NAME",
                        help="instead of scenarios: questions, questions-es, unseen or holdout")
    parser.add_argument("--show", action="store_true",
                        help="with --set, the questions too: who has read them should not mend the data by them")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the differences to a file")
