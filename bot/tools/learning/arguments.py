"""The arguments of `kilat learn`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.tools.subcommands import add_subcommand

_COMMANDS = "bot.tools.learning.commands"


def add_to(commands: Any) -> None:
    """Add `kilat learn [try|take|dismiss]` to `commands`."""
    learn = add_subcommand(
        commands, "learn", f"{_COMMANDS}:look", help="group what the bot missed, and propose what it should learn",
        description="Alone: reads what was missed, writes a report and a patch to var/learn. Nothing changes until you "
                    "take it.")
    todo = learn.add_subparsers(metavar="try|take|dismiss")
    trial = add_subcommand(todo, "try", f"{_COMMANDS}:try_out",
                           help="train a candidate with the patch; tells what it changes on the test sets")
    take = add_subcommand(
        todo, "take", f"{_COMMANDS}:take", help="apply the patch to data/nlu; its questions are settled")
    for parser in (trial, take):
        parser.add_argument("patch", nargs="?", type=Path, help="a patch; left out: that of the last run")
    dismiss = add_subcommand(
        todo, "dismiss", f"{_COMMANDS}:dismiss", help="propose the questions of these groups no more")
    dismiss.add_argument("group", nargs="+", metavar="GROUP", help="a number of the last report")
