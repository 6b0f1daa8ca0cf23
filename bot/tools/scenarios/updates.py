"""Proposes new expectations for scenarios that went wrong, as a diff that a person reads before they apply it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.adapters import yaml_reader
from bot.adapters.yaml_reader import YamlNode
from bot.tools.scenarios.player import Outcome, Played
from bot.tools.scenarios.proposals import proposed
from bot.tools.scenarios.writer import dumped, flow

_HAS = ("has", "visitor sees")
# (first line, line after the last, the new lines), lines from 0
_Edit = tuple[int, int, list[str]]


def diff(outcomes: Iterable[Outcome]) -> str:
    """A unified diff of the scenario files, for `git apply` or `patch -p1`. What a diff can't mend (a step that could
    not be done, a turn in one line) is left out."""
    by_file: dict[Path, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.failures:
            by_file.setdefault(outcome.scenario.path, []).append(outcome)
    return "".join(_diff(path, wrong) for path, wrong in by_file.items())


def _diff(path: Path, outcomes: Sequence[Outcome]) -> str:
    old = path.read_text(encoding="utf-8").splitlines(keepends=True)
    turns = {node.line: node for scenario in yaml_reader.read(path).entry("scenarios").items()
             for node in scenario.entry("turns").items()}
    edits = [edit for outcome in outcomes for played in outcome.played if played.problems
             for edit in _edits(turns[played.step.line], played)]
    new = list(old)
    for first, after, lines in sorted(edits, reverse=True):
        new[first:after] = lines
    return "".join(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"))


def _edits(turn: YamlNode, played: Played) -> list[_Edit]:
    edits = []
    new = _renewed(turn.entries(), played)
    for key, value in turn.pairs():
        if key.text not in new or key.line == turn.line:
            continue
        indent = " " * key.node.start_mark.column
        wanted = new[key.text]
        lines = [f"{indent}{line}\n" for line in dumped({key.text: wanted}).splitlines()] if wanted else []
        edits.append((key.line - 1, _last_line(value), lines))
    return edits


def _renewed(entries: Mapping[str, YamlNode], played: Played) -> dict[str, Any]:
    """The turn's expectations that did not hold, with what would hold; `None` for one that is dropped."""
    everything = "\n".join(line.everything for line in played.lines)
    said = "\n".join(line.text for line in played.lines)
    new: dict[str, Any] = {}
    for key in _HAS:
        if key in entries and (wrong := [p for p in _patterns(entries[key]) if not re.search(p, everything, re.I)]):
            kept = [pattern for pattern in _patterns(entries[key]) if pattern not in wrong]
            new[key] = flow(dict.fromkeys([*kept, *proposed(played.lines)])) or None
    if "lacks" in entries:
        kept = [pattern for pattern in _patterns(entries["lacks"]) if not re.search(pattern, said, re.I)]
        if len(kept) < len(_patterns(entries["lacks"])):
            new["lacks"] = flow(kept) if kept else None
    for key, got in (("lang", played.lang), ("route", played.route)):
        if key in entries and entries[key].text != got:
            new[key] = got
    return new


def _patterns(node: YamlNode) -> list[str]:
    return [item.text for item in node.items()] if node.is_list else [node.text]


def _last_line(node: YamlNode) -> int:
    """The last line of a value, from 1. ruamel ends a block where the next token begins."""
    if node.is_list and not node.node.flow_style and node.items():
        return _last_line(node.items()[-1])
    return int(node.node.end_mark.line) + (0 if node.is_block else 1)
