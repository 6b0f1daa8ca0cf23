"""The arguments of `kilat agents`. What they do is imported when it is wanted, for it takes half a second."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.ports.queue import AGENT_ROLES
from bot.settings import Settings


def add_to(commands: Any) -> None:
    """`kilat agents add|list|change|remove|unlock|totp`."""
    agents = commands.add_parser("agents", help="who works at the console: add, list, change, remove, unlock, totp")
    todo = agents.add_subparsers(required=True, metavar="add|list|change|remove|unlock|totp")

    add = todo.add_parser("add", help="make an account; asks for the password")
    add.add_argument("login", help="the e-mail address that they sign in with")
    add.add_argument("--name", required=True, help="the name that visitors see")
    _add_options(add)
    add.add_argument("--no-password", action="store_true", help="they sign in by OpenID Connect alone")
    add.set_defaults(command=_later("add"))

    listing = todo.add_parser("list", help="everybody, with what they can take")
    listing.set_defaults(command=_later("show"))

    change = todo.add_parser("change", help="change what is given, leave the rest")
    change.add_argument("login")
    change.add_argument("--name")
    _add_options(change)
    change.add_argument("--password", action="store_true", help="ask for a new password; ends their sessions")
    change.add_argument("--restore", action="store_true", help="let somebody in again who was removed")
    change.add_argument("--unlink", action="store_true",
                        help="forget who they are at the identity provider; their next sign-in there links them anew")
    change.set_defaults(command=_later("change"))

    remove = todo.add_parser("remove", help="let them in no more; what they have written stays")
    remove.add_argument("login")
    remove.set_defaults(command=_later("remove"))

    unlock = todo.add_parser("unlock", help="let them try again at once after too many wrong passwords or codes")
    unlock.add_argument("login")
    unlock.set_defaults(command=_later("unlock"))

    factor = todo.add_parser("totp", help="the second factor: reset, rekey")
    totp = factor.add_subparsers(required=True, metavar="reset|rekey")
    reset = totp.add_parser("reset", help="turn it off for somebody who lost phone and recovery codes")
    reset.add_argument("login")
    reset.set_defaults(command=_later("reset_totp"))

    rekey = totp.add_parser("rekey", help="after the internal secret was changed: phones go on to work")
    rekey.add_argument("before", type=Path, metavar="FILE", help="a file that holds the internal secret of before")
    rekey.set_defaults(command=_later("rekey_totp"))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=AGENT_ROLES, help="agent (as it is), lead or admin")
    parser.add_argument("--tier", type=int, action="append", dest="tiers", metavar="N",
                        help="a tier they can take; give it once for each (1)")
    parser.add_argument("--lang", action="append", dest="languages", metavar="CODE",
                        help="a language they can take; give it once for each (all)")
    parser.add_argument("--capacity", type=int, metavar="N", help="how many cases at once (3)")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def _later(name: str) -> Callable[[argparse.Namespace, Settings], int]:
    def command(arguments: argparse.Namespace, settings: Settings) -> int:
        from bot.tools.admin import agents

        done: int = getattr(agents, name)(arguments, settings)
        return done

    return command
