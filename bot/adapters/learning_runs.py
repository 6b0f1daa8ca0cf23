"""Erases the runs of `kilat learn` on the disk (`bot.tools.learning.run_store`).

A run is a folder named after its time (UTC). Its index names the conversations whose questions it holds.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from bot.adapters.file_store import disk_refusals
from bot.ports.personal_data import Runs

NAME = "%Y-%m-%d-%H%M%S"
INDEX = "groups.json"
_QUOTED = re.compile(r'"([^"]*)"')


class FolderRuns(Runs):
    """`Runs` under `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def erase(self, conversations: Collection[str]) -> None:
        these = set(conversations)
        with disk_refusals():
            for index in self._folder.glob(f"*/{INDEX}") if these else ():
                if not these.isdisjoint(_QUOTED.findall(index.read_text(encoding="utf-8"))):
                    _delete(index)

    def erase_older(self, before: datetime) -> int:
        with disk_refusals():
            old = [index for index in self._folder.glob(f"*/{INDEX}") if index.parent.name < before.strftime(NAME)]
            for index in old:
                _delete(index)
            return len(old)


def _delete(index: Path) -> None:
    """Delete a run, its index last: after a crash, the index is how the rest is found."""
    for path in index.parent.iterdir():
        if path != index:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(index.parent)
