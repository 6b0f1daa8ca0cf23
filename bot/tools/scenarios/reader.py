"""Reads scenario files and plain scripts. Each mistake is told with file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.adapters import yaml_reader
from bot.adapters.sample_customers import sample_identity
from bot.adapters.yaml_reader import YamlNode
from bot.core.errors import ConfigurationError
from bot.languages import LANGUAGES
from bot.tools.scenarios.scenario import CHANNELS, FIRST_AGENT, REST, WIDGET, Expected, Scenario, Step, command

_FILE_KEYS = ("scenarios", "channel")
_SCENARIO_KEYS = ("name", "turns", "as", "lang", "channel", "never", "known_gap")
_TURN_KEYS = ("user", "form", "agent", "by", "has", "lacks", "lang", "route", "visitor sees", "agent sees")
_WHO = ("user", "form", "agent")
_YAML = (".yml", ".yaml")
_AGENT = re.compile(r"\s*(?:(\w+)\s*@\s*)?agent\s*>\s*(.*)", re.IGNORECASE)
_Value = TypeVar("_Value")


def read(path: Path) -> list[Scenario]:
    """The scenarios of a file; one of another suffix than `.yml` holds a line for each step. Raises
    `ConfigurationError`."""
    if is_plain(path):
        return [_plain(path)]
    root = yaml_reader.read(path)
    entries = _entries(root, _FILE_KEYS, needed=("scenarios",))
    channel = _channel(entries.get("channel"))
    scenarios = [_scenario(node, channel) for node in entries["scenarios"].items()]
    for scenario, node in zip(scenarios, entries["scenarios"].items(), strict=True):
        if sum(other.name == scenario.name for other in scenarios) > 1:
            raise ConfigurationError(node.problem(f"the name {scenario.name!r} is there twice. Give it another."))
    return scenarios


def is_plain(path: Path) -> bool:
    """True for a file with a message a line."""
    return path.suffix not in _YAML


def read_all(paths: Iterable[Path]) -> list[Scenario]:
    """The scenarios of files, and of all `.yml` files within folders; those of a file that is named twice are there
    once. Raises `ConfigurationError`, also for a path without any scenario."""
    scenarios: dict[Path, list[Scenario]] = {}
    for path in paths:
        files = sorted(path.glob("**/*.yml")) if path.is_dir() else [path]
        found = {file.resolve(): read(file) for file in files}
        if not any(found.values()):
            raise ConfigurationError(f"{path}: there is no scenario in it")
        scenarios |= found
    return [scenario for each in scenarios.values() for scenario in each]


def typed(line: str) -> Step:
    """A typed line: an agent's step (`agent> take`, `bayu@agent> say Halo`), or else the visitor's words. Raises
    `ConfigurationError`."""
    if found := _AGENT.fullmatch(line):
        return command(found[2], (found[1] or FIRST_AGENT).title())
    return Step(line.strip())


def _plain(path: Path) -> Scenario:
    """A file with a message a line; blank lines and lines that begin with `#` are passed over."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}:1: the file can't be read ({error}).") from error
    steps = []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            steps.append(replace(_told(partial(typed, line), f"{path}:{number}"), line=number))
    if not steps:
        raise ConfigurationError(f"{path}:1: there is no message in it. Add one.")
    return Scenario(path.name, tuple(steps), path=path)


def _scenario(node: YamlNode, channel: str | None) -> Scenario:
    entries = _entries(node, _SCENARIO_KEYS, needed=("name", "turns"))
    steps = tuple(_step(turn) for turn in entries["turns"].items())
    if not steps:
        raise ConfigurationError(entries["turns"].problem("there is no turn. Add one."))
    own = _channel(entries.get("channel")) or channel or WIDGET
    if own == REST and (people := next((step for step in steps if step.agent or step.form), None)):
        raise ConfigurationError(f"{node.path}:{people.line}: the channel `rest` has no agents and no form to fill in. "
                                 "Use the channel `widget`.")
    if customer := entries.get("as"):
        _told(lambda: sample_identity(customer.text), customer.at)
    return Scenario(
        name=entries["name"].text, steps=steps, customer=customer.text if customer else None,
        lang=_one_of(entries.get("lang"), LANGUAGES) or LANGUAGES[0], channel=own,
        never=_patterns(entries.get("never")),
        known_gap=entries["known_gap"].text if "known_gap" in entries else None, path=node.path)


def _step(node: YamlNode) -> Step:
    entries = _entries(node, _TURN_KEYS)
    who = [key for key in _WHO if key in entries]
    if len(who) != 1:
        raise ConfigurationError(node.problem("a turn has one of `user`, `form` and `agent`."))
    if "agent" in entries:
        step = _told(lambda: command(entries["agent"].text, entries["by"].text if "by" in entries else FIRST_AGENT),
                     entries["agent"].at)
    elif "form" in entries:
        step = Step("", form=tuple((name, value.text) for name, value in entries["form"].entries().items()))
    else:
        step = Step(entries["user"].text)
    expected = Expected(
        has=(*_patterns(entries.get("has")), *_patterns(entries.get("visitor sees"))),
        lacks=_patterns(entries.get("lacks")), lang=_one_of(entries.get("lang"), LANGUAGES),
        route=entries["route"].text if "route" in entries else None, agent_sees=_patterns(entries.get("agent sees")))
    return replace(step, expected=expected, line=node.line)


def _entries(node: YamlNode, known: tuple[str, ...], needed: tuple[str, ...] = ()) -> dict[str, YamlNode]:
    """The values of a mapping, whose keys must be `known`; `needed` must be there."""
    for key, _value in node.pairs():
        if key.text not in known:
            raise ConfigurationError(key.problem(f"there is no `{key.text}` here; there are {', '.join(known)}."))
    for name in needed:
        node.entry(name)
    return node.entries()


def _channel(node: YamlNode | None) -> str | None:
    return _one_of(node, CHANNELS)


def _one_of(node: YamlNode | None, choices: tuple[str, ...]) -> str | None:
    if node is None:
        return None
    if node.text not in choices:
        raise ConfigurationError(node.problem(f"{node.text!r} is none of {', '.join(choices)}."))
    return node.text


def _patterns(node: YamlNode | None) -> tuple[str, ...]:
    """One regular expression or a list of them."""
    if node is None:
        return ()
    nodes = node.items() if node.is_list else [node]
    for one in nodes:
        if not one.text:
            raise ConfigurationError(one.problem("a regular expression is expected here."))
        try:
            re.compile(one.text)
        except re.error as error:
            raise ConfigurationError(one.problem(f"{one.text!r} is no regular expression: {error}.")) from error
    return tuple(one.text for one in nodes)


def _told(make: Callable[[], _Value], at: str) -> _Value:
    """The value of `make`; its error is told with the address `at`."""
    try:
        return make()
    except ConfigurationError as error:
        raise ConfigurationError(f"{at}: {error}") from None
