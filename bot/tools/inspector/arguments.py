"""The arguments of `kilat inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.languages import LANGUAGES
from bot.tools.subcommands import add_subcommand

PORT = 8090


def add_to(commands: Any) -> None:
    """Add `kilat inspect` to `commands`."""
    inspect = add_subcommand(
        commands, "inspect", "bot.tools.inspector.command:inspect",
        help="a page with the widget beside what the bot does in each turn",
        description="Serves a page on this machine, with a database of its own that is deleted at the end.")
    inspect.add_argument("--port", type=int, default=PORT, help=f"on 127.0.0.1; left out: {PORT}")
    inspect.add_argument("--as", dest="customer", metavar="PLAN:ROLE:TYPE",
                         help="the customer to begin with, such as premier_plus:admin:enterprise; else anonymous")
    inspect.add_argument("--lang", choices=LANGUAGES, help="the language to begin with")
    inspect.add_argument("--script", type=Path,
                         help="a scenario file, a folder of them, or a file with one message a line: begins with its "
                              "first scenario; left out: those of tests/ can be chosen")
