"""The runs of `kilat learn` on the disk (`bot.learning.book`), for those who erase what they were made of."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

from bot.core.errors import StoreUnavailable


class FolderRuns:
    """`Runs` under `folder`: each run is a folder, whose `groups.json` names the conversations it was made of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def erase(self, conversations: Collection[str]) -> None:
        """See `Runs`."""
        try:
            for path in self._folder.glob("*/groups.json") if conversations else ():
                text = path.read_text(encoding="utf-8")
                if any(f'"{conversation}"' in text for conversation in conversations):
                    shutil.rmtree(path.parent)
        except OSError as error:
            raise StoreUnavailable(str(error)) from error
