"""The folder of one run: `report.md`, `learn.patch`, and `groups.json` with the keys of each group's messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.adapters.learning_runs import INDEX, NAME
from bot.core.errors import KilatError
from bot.tools.learning.feedback_rows import FeedbackRow
from bot.tools.learning.proposals import Proposal

Keys = tuple[tuple[str, int], ...]


class NothingProposed(KilatError):
    """There is no such run or group."""


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    folder: Path  # named after the time of the run (UTC)

    @property
    def patch(self) -> Path:
        """The patch, for a person to edit."""
        return self.folder / "learn.patch"

    @property
    def report(self) -> Path:
        """The report, for a person to read."""
        return self.folder / "report.md"

    @property
    def _groups(self) -> Path:
        return self.folder / INDEX

    def write(self, report: str, patch: str, proposals: Iterable[Proposal], understood: Iterable[FeedbackRow]) -> None:
        """Store a run, readable by its owner alone, for it holds visitors' words."""
        self.folder.mkdir(parents=True, mode=0o700)
        groups = {str(one.number): {"keys": one.keys, "picked": [row.text for row in one.picked]} for one in proposals}
        understood_keys = [(record.conversation_id, record.seq) for row in understood for record in row.records]
        self._groups.write_text(json.dumps({"groups": groups, "understood": understood_keys}, ensure_ascii=False))
        self.patch.write_text(patch, encoding="utf-8")
        self.report.write_text(report, encoding="utf-8")

    def keys_of(self, number: str) -> Keys:
        """The messages of a group; `NothingProposed` when there is none of this number."""
        groups = self._read()["groups"]
        if number not in groups:
            raise NothingProposed(f"{self.report} has no group {number}")
        return _keys(groups[number]["keys"])

    def taken_by(self, texts: set[str]) -> Mapping[str, Keys]:
        """The groups with a wording among `texts`: number to messages."""
        return {number: _keys(group["keys"]) for number, group in self._read()["groups"].items()
                if texts.intersection(group["picked"])}

    @property
    def understood(self) -> Keys:
        """The messages that the present model understands."""
        return _keys(self._read()["understood"])

    def _read(self) -> Mapping[str, Mapping[str, Mapping[str, list[str]]]]:
        content: Mapping[str, Mapping[str, Mapping[str, list[str]]]] = json.loads(self._groups.read_text())
        return content


def new_run(folder: Path, now: datetime) -> RunFolder:
    """A run that begins now."""
    return RunFolder(folder / now.strftime(NAME))


def latest_run(folder: Path) -> RunFolder:
    """The last run; `NothingProposed` when there was none."""
    runs = sorted(path.parent for path in folder.glob(f"*/{INDEX}"))
    if not runs:
        raise NothingProposed("nothing was proposed yet: run `kilat learn`")
    return RunFolder(runs[-1])


def _keys(listed: object) -> Keys:
    assert isinstance(listed, list), "written by `write`"
    return tuple((str(conversation_id), int(seq)) for conversation_id, seq in listed)
