"""What was typed in earlier sessions of the shell."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

HISTORY = "shell-history"


def open_history(folder: Path) -> History:
    """The history in the state folder; where it can't be kept, that of this session alone."""
    path = folder / HISTORY
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a+b").close()
        return _History(str(path))
    return InMemoryHistory()


def readable(text: str) -> str:
    """`text` without surrogates: bytes of another encoding come as such."""
    return text.encode(errors="replace").decode()


class _History(FileHistory):
    """A line that can't be kept is no trouble."""

    def store_string(self, string: str) -> None:
        """See `FileHistory`."""
        with suppress(OSError):
            super().store_string(readable(string))
