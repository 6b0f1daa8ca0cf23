"""The arguments of `kilat learn`. What they do is imported when it is wanted, for it takes seconds."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.settings import Settings


def add_to(commands: Any) -> None:
    """`kilat learn [try|take|dismiss]`."""
    learn = commands.add_parser("learn", help="group what the bot missed, and propose what it should learn",
                                description="Alone: reads what was missed, writes a report and a patch to var/learn. "
                                            "Nothing changes until you take it.")
    learn.set_defaults(command=_later("look"))
    todo = learn.add_subparsers(metavar="try|take|dismiss")

    trial = todo.add_parser("try", help="train a candidate with the patch; tells what it changes on the test sets")
    _add_patch(trial)
    trial.set_defaults(command=_later("try_out"))

    take = todo.add_parser("take", help="apply the patch to data/nlu; its questions are settled")
    _add_patch(take)
    take.set_defaults(command=_later("take"))

    dismiss = todo.add_parser("dismiss", help="propose the questions of these groups no more")
    dismiss.add_argument("group", nargs="+", metavar="GROUP", help="a number of the last report")
    dismiss.set_defaults(command=_later("dismiss"))


def _add_patch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("patch", nargs="?", type=Path, help="a patch; left out: that of the last run")


def _later(name: str) -> Callable[[argparse.Namespace, Settings], int]:
    def command(arguments: argparse.Namespace, settings: Settings) -> int:
        from bot.tools.learning import commands

        done: int = getattr(commands, name)(arguments, settings)
        return done

    return command
