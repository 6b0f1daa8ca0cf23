"""The arguments of operators' commands: `kilat agents`, `model`, `forget` and `export`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.ports.queue import AGENT_ROLES
from bot.tools.subcommands import add_subcommand, output_file

_AGENTS, _MODELS, _PERSONAL = (f"bot.tools.admin.{module}" for module in ("agents", "models", "personal_data"))
_WHOSE = ("the subject of their identity tokens, an e-mail address, the key of their browser (kb_…), or one "
          "conversation (c_…), case (KLC-…) or ticket (KLT-…)")


def add_to(commands: Any) -> None:
    """Add all of them to `commands`."""
    _add_agents(commands)
    _add_model(commands)
    _add_personal_data(commands)


def _add_agents(commands: Any) -> None:
    agents = commands.add_parser("agents", help="who works at the console: add, list, change, remove, unlock, totp")
    todo = agents.add_subparsers(required=True, metavar="add|list|change|remove|unlock|totp")

    add = add_subcommand(todo, "add", f"{_AGENTS}:add", help="make an account; asks for the password")
    add.add_argument("login", help="the e-mail address that they sign in with")
    add.add_argument("--name", required=True, help="the name that visitors see")
    _add_options(add)
    add.add_argument("--no-password", action="store_true", help="they sign in by OpenID Connect alone")

    add_subcommand(todo, "list", f"{_AGENTS}:show", help="everybody, with what they can take")

    change = add_subcommand(todo, "change", f"{_AGENTS}:change", help="change what is given, leave the rest")
    change.add_argument("login")
    change.add_argument("--name")
    _add_options(change)
    change.add_argument("--password", action="store_true", help="ask for a new password; ends their sessions")
    change.add_argument("--restore", action="store_true", help="let somebody in again who was removed")
    change.add_argument("--unlink", action="store_true",
                        help="forget who they are at the identity provider; their next sign-in there links them anew")

    remove = add_subcommand(
        todo, "remove", f"{_AGENTS}:remove", help="let them in no more; what they have written stays")
    unlock = add_subcommand(
        todo, "unlock", f"{_AGENTS}:unlock", help="let them try again at once after too many wrong passwords or codes")

    factor = todo.add_parser("totp", help="the second factor: reset, rekey")
    totp = factor.add_subparsers(required=True, metavar="reset|rekey")
    reset = add_subcommand(
        totp, "reset", f"{_AGENTS}:reset_totp", help="turn it off for somebody who lost phone and recovery codes")
    for parser in (remove, unlock, reset):
        parser.add_argument("login")
    rekey = add_subcommand(
        totp, "rekey", f"{_AGENTS}:rekey_totp", help="after the internal secret was changed: phones go on to work")
    rekey.add_argument("before", type=Path, metavar="FILE", help="a file that holds the internal secret of before")


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=AGENT_ROLES, help="agent (as it is), lead or admin")
    parser.add_argument("--tier", type=int, action="append", dest="tiers", metavar="N",
                        help="a tier they can take; give it once for each (1)")
    parser.add_argument("--lang", action="append", dest="languages", metavar="CODE",
                        help="a language they can take; give it once for each (all)")
    parser.add_argument("--capacity", type=int, metavar="N", help="how many cases at once (3)")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def _add_model(commands: Any) -> None:
    model = commands.add_parser("model", help="trained models: list, activate, rollback")
    todo = model.add_subparsers(required=True, metavar="list|activate|rollback")
    add_subcommand(todo, "list", f"{_MODELS}:show", help="every version, the newest first, with its figures")
    activate = add_subcommand(
        todo, "activate", f"{_MODELS}:activate", help="let a version serve; a running bot changes to it at once")
    activate.add_argument("version", help="as `kilat model list` shows it")
    add_subcommand(todo, "rollback", f"{_MODELS}:roll_back",
                   help="back to the version that served before; a running bot changes at once")


def _add_personal_data(commands: Any) -> None:
    forget = add_subcommand(commands, "forget", f"{_PERSONAL}:forget", help="erase a person's data for good")
    forget.add_argument("whose", help=_WHOSE)
    forget.add_argument("--dry-run", action="store_true", help="only tell what would go, and what would stay where")
    forget.add_argument("--yes", action="store_true", help="don't ask")
    export = add_subcommand(commands, "export", f"{_PERSONAL}:export", help="write a person's data to a zip file")
    export.add_argument("whose", help=_WHOSE)
    export.add_argument("--output", type=output_file, metavar="FILE", help="where to (kilat-export-TIME.zip)")
    for command in (forget, export):
        command.add_argument("--mentions", action="store_true",
                             help="take conversations along in which the address is only mentioned")
