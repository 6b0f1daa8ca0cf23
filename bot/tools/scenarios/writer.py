"""Writes a conversation that was tried as a scenario, with its language, its routes and what was said."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from bot.adapters import yaml_reader
from bot.core.errors import ConfigurationError
from bot.languages import LANGUAGES
from bot.tools.scenarios.proposals import proposed
from bot.tools.scenarios.reader import read
from bot.tools.scenarios.scenario import FIRST_AGENT, WIDGET, Scenario, Step
from bot.tools.scenarios.sides import Line

WIDE = 4096
_HEAD = "scenarios:\n"
_TEXT = "tag:yaml.org,2002:str"
# ruamel writes more without quotes within brackets than it reads there, such as a question mark.
_PLAIN = re.compile(r"[\w\\+][\w\\+. -]*")


class Seen(NamedTuple):
    """What was to be seen in a step."""

    step: Step
    lines: Sequence[Line]  # new to the visitor
    lang: str  # of the reply; empty without one
    route: str | None  # where a hand-off leads


def append(path: Path, scenario: Scenario, seen: Iterable[Seen]) -> None:
    """Add `scenario`, with what was seen in its steps, to the file, which is made if there is none. Raises
    `ConfigurationError` when the name is taken, or the file is no scenario file that can be added to."""
    known = read(path) if path.exists() else []
    if any(other.name == scenario.name for other in known):
        raise ConfigurationError(f"{path} has a scenario {scenario.name!r} already: take another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    before, margin, channel = _HEAD, "", WIDGET
    if known:
        root = yaml_reader.read(path).entries()
        before = path.read_text(encoding="utf-8").rstrip() + "\n\n"
        margin = " " * int(root["scenarios"].node.start_mark.column)
        channel = root["channel"].text if "channel" in root else WIDGET
    # Read before it takes the file's place: a file that was right stays right.
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        new = Path(folder, path.name)
        new.write_text(before + re.sub(r"(?m)^(?=.)", margin, _as_yaml(scenario, seen, channel)), encoding="utf-8")
        try:
            read(new)
        except ConfigurationError as error:
            raise ConfigurationError(f"{path}: nothing can be added at its end; take another file") from error
        new.replace(path)


def flow(value: Any) -> Any:
    """A text, or a list or a mapping of them, to be written in one line."""
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) or not value.isprintable() else SingleQuotedScalarString(value)
    if isinstance(value, Mapping):
        written: Any = CommentedMap((key, flow(inner)) for key, inner in value.items())
    else:
        written = CommentedSeq(map(flow, value))
    written.fa.set_flow_style()
    return written


class _Representer(RoundTripRepresenter):
    """Writes line breaks and control characters as escapes: YAML counts more of them as line breaks than ruamel."""

    def represent_str(self, data: Any) -> Any:
        """See `RoundTripRepresenter`."""
        return self.represent_scalar(_TEXT, data, style=None if data.isprintable() else '"')


_Representer.add_representer(str, _Representer.represent_str)


def dumped(value: Any) -> str:
    """`value` as YAML."""
    yaml: Any = YAML()
    out = StringIO()
    yaml.Representer = _Representer
    yaml.width = WIDE
    yaml.indent(mapping=2, sequence=2, offset=0)
    yaml.dump(value, out)
    return out.getvalue()


def _as_yaml(scenario: Scenario, seen: Iterable[Seen], channel: str) -> str:
    """The scenario in a file whose scenarios have the `channel`."""
    entry: dict[str, Any] = {"name": scenario.name}
    if scenario.customer:
        entry["as"] = scenario.customer
    if scenario.lang != LANGUAGES[0]:
        entry["lang"] = scenario.lang
    if scenario.channel != channel:
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
