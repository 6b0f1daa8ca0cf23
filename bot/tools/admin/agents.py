"""The commands of `kilat agents`: accounts of the people who work at the console."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterable
from typing import Any

from bot.adapters.password_hashing import LONGEST, SHORTEST, Passwords
from bot.adapters.password_rules import Weakness, read_rules
from bot.adapters.sql.agents import AccountProblem, SqlAgents
from bot.bootstrap import open_agents, open_second_factor
from bot.core.logins import as_login
from bot.languages import LANGUAGES
from bot.ports import AgentAccount
from bot.ports.audit import SHELL
from bot.settings import Settings

_HIGHEST_TIER = 9
_MOST_CASES = 50
_REFUSED = {
    Weakness.SHORT: f"a password has {SHORTEST} characters at least",
    Weakness.LONG: f"a password has {LONGEST} characters at most",
    Weakness.COMMON: "this password is among the first that people try, or follows a pattern (names, dates, keys in a "
                     "row, repetitions). Four words that have nothing to do with each other make a good one",
    Weakness.PERSONAL: "this password is made of the login, the name or the company. Four words that have nothing to "
                       "do with each other make a good one",
}


def add(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make an account."""
    if as_login(arguments.login) is None:
        raise AccountProblem(f"{arguments.login!r} is no e-mail address in plain letters (ASCII)")
    account = AgentAccount("", arguments.login, **_values(arguments))
    agents = open_agents(settings)
    if (known := agents.find(account.login)) is not None:
        how = f"kilat agents change {known.login}" + ("" if known.is_active else " --restore")
        raise AccountProblem(f"there is an agent {known.login} already. Change it: {how}")
    hashed = None if arguments.no_password else _password(arguments, settings, (account.login, account.name))
    print(f"Added {_described(agents.add(account, hashed))}")
    return 0


def show(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Print all accounts."""
    for account in open_agents(settings).all():
        print(_described(account))
    return 0


def change(arguments: argparse.Namespace, settings: Settings) -> int:
    """Change the given values of an account."""
    values, agents = _values(arguments), open_agents(settings)
    account = _must_exist(agents, arguments.login)
    if arguments.restore:
        values["is_active"] = True
    if arguments.unlink:
        values["oidc_subject"] = None
    if arguments.password or arguments.password_stdin:
        about = (account.login, account.name, values.get("name", ""))
        values["password_hash"] = _password(arguments, settings, about)
    if not values:
        raise AccountProblem("nothing to change was given. See kilat agents change --help")
    print(f"Changed {_described(agents.change(arguments.login, **values))}")
    return 0


def remove(arguments: argparse.Namespace, settings: Settings) -> int:
    """Deactivate an account."""
    agents = open_agents(settings)
    _must_exist(agents, arguments.login)
    account = agents.change(arguments.login, is_active=False)
    print(f"{account.login} can't sign in any more. Back again: kilat agents change {account.login} --restore")
    return 0


def unlock(arguments: argparse.Namespace, settings: Settings) -> int:
    """End the locks of an account, wherever the wrong attempts came from."""
    agents = open_agents(settings)
    account = _must_exist(agents, arguments.login)
    ended = agents.unlock(account.login)
    print(f"{account.login} can try again: {ended} locks ended" if ended else f"{account.login} was not locked")
    return 0


def reset_totp(arguments: argparse.Namespace, settings: Settings) -> int:
    """Turn off an agent's second factor, and end the agent's sessions."""
    account = _must_exist(open_agents(settings), arguments.login)
    open_second_factor(settings).disable(account, SHELL)
    print(f"{account.login} signs in with the password alone, until they turn on the second factor again")
    return 0


def rekey_totp(arguments: argparse.Namespace, settings: Settings) -> int:
    """Encrypt all second factors with the present internal secret; so far they are with an older one."""
    try:
        before = arguments.before.read_text().strip()
    except (OSError, UnicodeError):
        before = ""
    if not before or not (before.isascii() and before.isprintable()):
        raise AccountProblem(f"{arguments.before} holds no secret")
    open_agents(settings)
    anew, lost = open_second_factor(settings).rekey(before)
    print(f"{anew} second factors are encrypted anew. Restart Kilat now, and keep the old secret no longer")
    if lost:
        print(f"{lost} open by neither secret: their agents have recovery codes, or need kilat agents totp reset")
    return 1 if lost else 0


def _must_exist(agents: SqlAgents, login: str) -> AgentAccount:
    account = agents.find(login)
    if account is None:
        raise AccountProblem(f"there is no agent {login}. See kilat agents list")
    return account


def _values(arguments: argparse.Namespace) -> dict[str, Any]:
    """The given values of an account, checked; `AccountProblem` for a wrong one."""
    given = {name: getattr(arguments, name) for name in ("name", "role", "tiers", "languages", "capacity")}
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if "name" in values:
        values["name"] = values["name"].strip()
        if not values["name"] or not values["name"].isprintable():
            raise AccountProblem("--name: visitors need a name to see")
    if unknown := set(values.get("languages", ())) - set(LANGUAGES):
        raise AccountProblem(f"--lang: {', '.join(sorted(unknown))} is none of {', '.join(LANGUAGES)}")
    if any(not 1 <= tier <= _HIGHEST_TIER for tier in values.get("tiers", ())):
        raise AccountProblem(f"--tier: a number from 1 to {_HIGHEST_TIER}")
    if not 1 <= values.get("capacity", 1) <= _MOST_CASES:
        raise AccountProblem(f"--capacity: a number from 1 to {_MOST_CASES}")
    return {name: tuple(dict.fromkeys(value)) if isinstance(value, list) else value for name, value in values.items()}


def _password(arguments: argparse.Namespace, settings: Settings, about: Iterable[str]) -> str:
    """The hash of the password, typed or from standard input. The words `about` its owner make a password weak."""
    if arguments.password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            raise AccountProblem("the two passwords differ. Nothing was changed")
    else:
        raise AccountProblem("there is no terminal to ask for the password. Give --password-stdin")
    if (weakness := read_rules(settings.data).weakness(password, about)) is not None:
        raise AccountProblem(f"{_REFUSED[weakness]}. Nothing was changed")
    return Passwords().hash(password)


def _described(account: AgentAccount) -> str:
    tiers, languages = ", ".join(map(str, account.tiers)), ", ".join(account.languages)
    state = account.presence if account.is_active else "removed"
    state += "  totp" if account.has_totp else ""
    return (f"{account.login}  {account.name}  {account.role}  tier {tiers}  {languages}  "
            f"{account.capacity} at once  {state}")
