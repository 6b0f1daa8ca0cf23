"""The arguments of `kilat coverage`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.tools.subcommands import add_subcommand, output_file


def add_to(commands: Any) -> None:
    """Add the command to `commands`."""
    parser = add_subcommand(
        commands, "coverage", "bot.tools.coverage.command:coverage",
        help="play the scenarios, and tell which intents, responses, routes, facts … none of them touches")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE",
                        help="scenario files or folders; left out: tests/dialogue and tests/handoff")
    parser.add_argument("--json", type=output_file, metavar="FILE",
                        help="write what is touched, by which scenario, to a file")
    parser.add_argument("--raise", dest="raise_gate", action="store_true",
                        help="write the higher gate of `make test` where more is touched than before")
