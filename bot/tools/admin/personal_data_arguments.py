"""The arguments of `kilat forget` and `kilat export`. What they do is imported when it is wanted."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.settings import Settings

_WHOSE = ("the subject of their identity tokens, an e-mail address, the key of their browser (kb_…), or one "
          "conversation (c_…), case (KLC-…) or ticket (KLT-…)")


def add_to(commands: Any) -> None:
    """`kilat forget` and `kilat export`."""
    forget = commands.add_parser("forget", help="erase a person's data for good")
    forget.add_argument("whose", help=_WHOSE)
    forget.add_argument("--dry-run", action="store_true", help="only tell what would go, and what would stay where")
    forget.add_argument("--yes", action="store_true", help="don't ask")
    forget.set_defaults(command=_later("forget"))

    export = commands.add_parser("export", help="write a person's data to a zip file")
    export.add_argument("whose", help=_WHOSE)
    export.add_argument("--output", type=Path, metavar="FILE", help="where to (kilat-export-TIME.zip)")
    export.set_defaults(command=_later("export"))

    for command in (forget, export):
        command.add_argument("--mentions", action="store_true",
                             help="take conversations along in which the address is only mentioned")


def _later(name: str) -> Callable[[argparse.Namespace, Settings], int]:
    def command(arguments: argparse.Namespace, settings: Settings) -> int:
        from bot.tools.admin import personal_data

        done: int = getattr(personal_data, name)(arguments, settings)
        return done

    return command
