"""The arguments of `kilat model`. What they do is imported when it is wanted."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from bot.settings import Settings


def add_to(commands: Any) -> None:
    """`kilat model list|activate|rollback`."""
    model = commands.add_parser("model", help="trained models: list, activate, rollback")
    todo = model.add_subparsers(required=True, metavar="list|activate|rollback")

    listing = todo.add_parser("list", help="every version, the newest first, with its figures")
    listing.set_defaults(command=_later("show"))

    activate = todo.add_parser("activate", help="let a version serve; a running bot changes to it at once")
    activate.add_argument("version", help="as `kilat model list` shows it")
    activate.set_defaults(command=_later("activate"))

    rollback = todo.add_parser("rollback", help="back to the version that served before; a running bot changes at once")
    rollback.set_defaults(command=_later("roll_back"))


def _later(name: str) -> Callable[[argparse.Namespace, Settings], int]:
    def command(arguments: argparse.Namespace, settings: Settings) -> int:
        from bot.tools.admin import models

        done: int = getattr(models, name)(arguments, settings)
        return done

    return command
