"""The arguments of `kilat shell`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.languages import LANGUAGES
from bot.tools.subcommands import add_subcommand, output_file


def add_to(commands: Any) -> None:
    """Add the command to `commands`."""
    shell = add_subcommand(commands, "shell", "bot.tools.shell.start:start",
                           help="talk to the bot as any kind of customer, or play scenarios, in a sandbox")
    shell.add_argument("--as", dest="customer", metavar="PLAN:ROLE:TYPE",
                       help="such as premier_plus:admin:enterprise, or access:member:pro:unlicensed; else nobody known")
    shell.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0], help="the language to begin in")
    shell.add_argument("--channel", choices=("widget", "rest"), default="widget",
                       help="what the visitor uses: the widget (left out), or Rasa's REST channel, with forms in chat")
    shell.add_argument("--debug", action="store_true", help="show under each answer how it came about")
    shell.add_argument("--desk", action="store_true", help="show what an agent reads, whenever the status changes")
    shell.add_argument("--real", action="store_true",
                       help="over the REST channel on the configured database: cases and tickets are real")
    shell.add_argument("--script", type=Path, nargs="+", metavar="FILE",
                       help="play scenario files (*.yml), folders of them, or files with a message a line; exits 1 "
                            "when one goes wrong")
    shell.add_argument("--junit", type=output_file, metavar="FILE",
                       help="with --script: write the outcomes as JUnit XML")
    shell.add_argument("--update", action="store_true",
                       help="with --script: print new expectations as a diff, for you to read and apply")
