"""Stores visitors' files: a folder for each conversation, a file for each id."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.core.errors import StoreUnavailable
from bot.ports import Files, StoredFile

# The ids of Kilat, which can't lead out of the folder.
_CONVERSATION = re.compile(r"c_[0-9a-f]{16,}")
_FILE = re.compile(r"f_[0-9a-f]{16,}")


class FolderFiles(Files):
    """`Files` under `folder`, which is created with the first file. Raises `StoreUnavailable` when the disk fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, file: StoredFile, content: bytes) -> None:
        """See `Files`. Raises `ValueError` for ids that are not Kilat's."""
        path = self._path(file.conversation_id, file.id)
        if path is None:
            raise ValueError(f"not an id of a conversation and of a file: {file.conversation_id!r}, {file.id!r}")
        with disk_refusals():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(path, content)

    def load(self, conversation_id: str, file_id: str) -> bytes | None:
        """See `Files`. Ids that are not Kilat's have no file."""
        path = self._path(conversation_id, file_id)
        with disk_refusals():
            try:
                return None if path is None else path.read_bytes()
            except FileNotFoundError:
                return None

    def erase(self, conversation_id: str) -> int:
        """See `Files`. Also deletes unfinished files that a crash left."""
        count = len(self.of(conversation_id))
        if _CONVERSATION.fullmatch(conversation_id):
            with disk_refusals(), suppress(FileNotFoundError):
                shutil.rmtree(self._folder / conversation_id)
        return count

    def erase_older(self, conversation_id: str, before: datetime) -> int:
        """See `Files`. A file's time is that of its last change."""
        count = 0
        for file_id in self.of(conversation_id):
            path = self._folder / conversation_id / file_id
            with disk_refusals(), suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    count += 1
        return count

    def of(self, conversation_id: str) -> tuple[str, ...]:
        if not _CONVERSATION.fullmatch(conversation_id):
            return ()
        with disk_refusals(), suppress(FileNotFoundError):
            return tuple(sorted(name for name in os.listdir(self._folder / conversation_id) if _FILE.fullmatch(name)))
        return ()

    def conversations(self) -> Iterator[str]:
        with disk_refusals(), suppress(FileNotFoundError):
            yield from sorted(name for name in os.listdir(self._folder) if _CONVERSATION.fullmatch(name))

    def _path(self, conversation_id: str, file_id: str) -> Path | None:
        if _CONVERSATION.fullmatch(conversation_id) and _FILE.fullmatch(file_id):
            return self._folder / conversation_id / file_id
        return None


def _write(path: Path, content: bytes) -> None:
    """Write a file atomically: first its content, then its name, each flushed to the disk."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as temporary:
        try:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
            os.replace(temporary.name, path)
        except BaseException:  # leave no partial file, whatever happened
            os.unlink(temporary.name)
            raise
    for folder in (path.parent, path.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def disk_refusals() -> Iterator[None]:
    """Turn errors of the disk into `StoreUnavailable`."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(str(error)) from error
