"""Runs of `kilat learn` are erased with the messages that they were made of."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.adapters.learning_runs import INDEX, FolderRuns
from bot.core.errors import StoreUnavailable
from bot.tools.learning.run_store import RunFolder, new_run

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=timezone.utc)


def _run(folder: Path, days: int, *conversations: str) -> RunFolder:
    run = new_run(folder, NOW - timedelta(days=days))
    run.write("words", "words", [], [])
    keys = ", ".join(f'["{name}", 2]' for name in conversations)
    (run.folder / INDEX).write_text(f'{{"groups": {{}}, "understood": [{keys}]}}')
    return run


def test_old_runs_go(tmp_path: Path) -> None:
    """Visitors' words are kept no longer here than in the database; what is no run stays."""
    old, new = _run(tmp_path, 3), _run(tmp_path, 1)
    (old.folder / "learn.patch~").write_text("an editor's copy")
    (old.folder / "mine").mkdir()
    (tmp_path / "2020-notes").mkdir()
    assert FolderRuns(tmp_path).erase_older(NOW - timedelta(days=2)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2020-notes", new.folder.name]
    assert FolderRuns(tmp_path / "nowhere").erase_older(NOW) == 0


def test_by_conversation(tmp_path: Path) -> None:
    """A name within another is another's."""
    mine, other = _run(tmp_path, 1, "c_1", "c_2"), _run(tmp_path, 2, "c_12")
    FolderRuns(tmp_path).erase(["c_2", "c_3"])
    assert not mine.folder.exists() and other.folder.exists()
    FolderRuns(tmp_path).erase([])
    assert other.folder.exists()


def test_a_crash_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is left of a run is found again."""
    run = _run(tmp_path, 1, "c_1")
    unlink = Path.unlink

    def dies(path: Path, missing_ok: bool = False) -> None:
        unlink(path, missing_ok)
        raise OSError("the disk failed")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", dies)
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                FolderRuns(tmp_path).erase(["c_1"])
    assert [path.name for path in run.folder.iterdir()] == [INDEX]
    FolderRuns(tmp_path).erase(["c_1"])
    assert not run.folder.exists()
