"""Adds subcommands to `kilat`. The code of most is imported only when they run, for some imports take seconds."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from bot.settings import Settings

# Runs a command; returns the exit status.
Command = Callable[[argparse.Namespace, Settings], int]


def add_subcommand(commands: Any, name: str, command: Command | str, **words: Any) -> argparse.ArgumentParser:
    """Add the subcommand `name` to `commands`, with the `words` of `add_parser` (`help`, `description`). A `command`
    that is named as "module:function" is imported when it runs."""
    parser: argparse.ArgumentParser = commands.add_parser(name, **words)
    parser.set_defaults(command=partial(_run, command) if isinstance(command, str) else command)
    return parser


def output_file(path: str) -> Path:
    """The argument that names a file to write: refused at once, not after minutes of work, where none can be."""
    file = Path(path)
    if file.is_dir() or not file.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{path} can't be written: it is a folder, or its folder is not there")
    return file


def _run(function: str, arguments: argparse.Namespace, settings: Settings) -> int:
    return int(resolve_name(function)(arguments, settings))
