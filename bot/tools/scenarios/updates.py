"""Proposes new expectations for scenarios that went wrong, as a diff that a person reads before they apply it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from bot.adapters import yaml_reader
from bot.adapters.yaml_reader import YamlNode
from bot.tools.scenarios.player import Outcome, Played
from bot.tools.scenarios.proposals import proposed
from bot.tools.scenarios.writer import dumped, flow

_HAS = ("has", "visitor sees")
_NO_NEWLINE = "\n\\ No newline at end of file\n"
# (first character, character after the last, the new text)
_Edit = tuple[int, int, str]


def diff(outcomes: Iterable[Outcome]) -> str:
    """A unified diff of the scenario files, for `git apply` or `patch -p1` in the working folder. A file outside of it
    has its path from `/`, and must be mended there. A step that could not be done is left out."""
    by_file: dict[Path, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.failures:
            by_file.setdefault(outcome.scenario.path, []).append(outcome)
    return "".join(_diff(path, wrong) for path, wrong in by_file.items())


def _diff(path: Path, outcomes: Sequence[Outcome]) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        old = file.read()
    turns = {node.line: node for scenario in yaml_reader.read(path).entry("scenarios").items()
             for node in scenario.entry("turns").items()}
    text = new = path.read_text(encoding="utf-8-sig")
    edits = [edit for outcome in outcomes for played in outcome.played if played.problems and played.is_done
             for edit in _edits(turns[played.step.line], played, text)]
    for first, after, words in sorted(edits, reverse=True):
        new = new[:first] + words + new[after:]
    if "\r\n" in old:
        new = new.replace("\n", "\r\n")
    mark = "\ufeff" if old.startswith("\ufeff") else ""
    absolute, here = path.resolve(), Path.cwd()
    shown = absolute.relative_to(here if absolute.is_relative_to(here) else "/").as_posix()
    # The tab ends a name with blanks.
    lines = difflib.unified_diff(_lines(old), _lines(mark + new), f"a/{shown}\t", f"b/{shown}\t")
    return "".join(line if line.endswith("\n") else line + _NO_NEWLINE for line in lines)


def _lines(text: str) -> list[str]:
    return list(StringIO(text, newline="\n"))


def _edits(turn: YamlNode, played: Played, text: str) -> list[_Edit]:
    new, pairs = _renewed(turn.entries(), played), turn.pairs()
    if turn.node.flow_style:
        kept = {key.text: new.get(key.text, _plain(value)) for key, value in pairs}
        whole = dumped(flow({key: value for key, value in kept.items() if value is not None}))
        return [(*_span(turn, text), whole.rstrip("\n"))] if new else []
    edits = []
    for at, (key, value) in enumerate(pairs):
        first, (begun, after) = _span(key, text)[0], _span(value, text)
        if key.text not in new or begun < first or text[begun] == "&":
            continue  # others may mean the value of an anchor, too
        if new[key.text] is not None:
            edits.append((first, after, dumped({key.text: new[key.text]}).rstrip("\n")))
        elif at + 1 < len(pairs):
            edits.append((first, _span(pairs[at + 1][0], text)[0], ""))
        else:
            edits.append((text.rindex("\n", 0, first) + 1, text.find("\n", after) + 1 or len(text), ""))
    return edits


def _span(node: YamlNode, text: str) -> tuple[int, int]:
    """The node's first character in the text, and the one after its last. ruamel ends a block only where the next token
    begins."""
    first, last = int(node.node.start_mark.index), node
    while last.is_list and not last.node.flow_style:
        last = last.items()[-1]
    return first, first + len(text[first:int(last.node.end_mark.index)].rstrip())


def _plain(node: YamlNode) -> Any:
    """The texts of a node."""
    if node.is_list:
        return [item.text for item in node.items()]
    return node.text if node.is_scalar else {key: value.text for key, value in node.entries().items()}


def _renewed(entries: Mapping[str, YamlNode], played: Played) -> dict[str, Any]:
    """The turn's expectations that did not hold, with what would hold; `None` for one that is dropped."""
    everything = "\n".join(line.everything for line in played.lines)
    said = "\n".join(line.text for line in played.lines)
    new: dict[str, Any] = {}
    for key in _HAS:
        if key in entries and (wrong := [p for p in _patterns(entries[key]) if not re.search(p, everything, re.I)]):
            kept = [pattern for pattern in _patterns(entries[key]) if pattern not in wrong]
            new[key] = flow([*dict.fromkeys([*kept, *proposed(played.lines)])]) or None
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

