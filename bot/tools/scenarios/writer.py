"""Writes a conversation that was tried as a scenario, with its language, its routes and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from bot.core.errors import ConfigurationError
from bot.languages import LANGUAGES
from bot.tools.scenarios.proposals import proposed
from bot.tools.scenarios.reader import read
from bot.tools.scenarios.scenario import FIRST_AGENT, WIDGET, Scenario, Step
from bot.tools.scenarios.sides import Line

WIDE = 4096
_HEAD = "scenarios:\n"


class Seen(NamedTuple):
    """What was to be seen in a step."""

    step: Step
    lines: Sequence[Line]  # new to the visitor
    lang: str  # of the reply; empty without one
    route: str | None  # where a hand-off leads


def append(path: Path, scenario: Scenario, seen: Iterable[Seen]) -> None:
    """Add `scenario`, with what was seen in its steps, to the file, which is made if there is none. Raises
    `ConfigurationError` when the name is taken or the file is no scenario file."""
    known = read(path) if path.exists() else []
    if any(other.name == scenario.name for other in known):
        raise ConfigurationError(f"{path} has a scenario {scenario.name!r} already: take another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8").rstrip() + "\n\n" if known else _HEAD
    path.write_text(before + _as_yaml(scenario, seen), encoding="utf-8")
    read(path)


def flow(values: Iterable[str]) -> CommentedSeq:
    """A list that is written in one line."""
    listed = CommentedSeq(values)
    listed.fa.set_flow_style()
    return listed


def dumped(value: Any) -> str:
    """`value` as YAML."""
    yaml: Any = YAML()
    out = StringIO()
    yaml.width = WIDE
    yaml.indent(mapping=2, sequence=2, offset=0)
    yaml.dump(value, out)
    return out.getvalue()


def _as_yaml(scenario: Scenario, seen: Iterable[Seen]) -> str:
    entry: dict[str, Any] = {"name": scenario.name}
    if scenario.customer:
        entry["as"] = scenario.customer
    if scenario.lang != LANGUAGES[0]:
        entry["lang"] = scenario.lang
    if scenario.channel != WIDGET:
        entry["channel"] = scenario.channel
    entry["turns"] = [_turn(one) for one in seen]
    return dumped([entry])


def _turn(one: Seen) -> dict[str, Any]:
    turn: dict[str, Any]
    step = one.step
    if step.agent:
        turn = {"agent": f"{step.verb} {step.words}".strip()}
        if step.agent != FIRST_AGENT:
            turn["by"] = step.agent
    elif step.form:
        turn = {"form": dict(step.form)}
    else:
        turn = {"user": step.words}
    if one.lang and any(line.author == "bot" for line in one.lines):
        turn["lang"] = one.lang
    if one.route:
        turn["route"] = one.route
    if has := proposed(one.lines):
        turn["has"] = flow(has)
    return turn
