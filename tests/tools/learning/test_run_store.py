"""The folder of a run, and what became of its groups."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from learning_samples import asked

from bot.tools.learning.proposals import Kind, Proposal
from bot.tools.learning.run_store import NothingProposed, latest_run, new_run

NOW = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)


def proposal(number: int, *texts: str) -> Proposal:
    """A group of wordings, all picked."""
    wordings = tuple(asked(text, people=2) for text in texts)
    return Proposal(number, Kind.EXTEND, wordings, "phone_number", (), 1.0, wordings)


def test_a_run_is_found_again(tmp_path: Path) -> None:
    """The newest one, with the messages of each group; nobody else may read visitors' words."""
    new_run(tmp_path, NOW - timedelta(days=1)).write("old", "", [], [])
    new_run(tmp_path, NOW).write("# report", "patch", [proposal(1, "satu", "dua"), proposal(2, "tiga")], [asked("x")])
    run = latest_run(tmp_path)
    assert (run.report.read_text(), run.patch.read_text()) == ("# report", "patch")
    assert run.keys_of("2") == (("tiga-0", 1), ("tiga-1", 1))
    assert run.understood == (("x-0", 1),)
    assert run.folder.stat().st_mode & 0o077 == 0
    with pytest.raises(NothingProposed, match="no group 3"):
        run.keys_of("3")


def test_a_group_is_taken_with_all_its_messages(tmp_path: Path) -> None:
    """One of its lines in the patch is enough: the others say the same."""
    run = new_run(tmp_path, NOW)
    run.write("", "", [proposal(1, "satu", "dua"), proposal(2, "tiga")], [])
    assert run.taken_by({"dua", "reworded"}) == {"1": (("satu-0", 1), ("satu-1", 1), ("dua-0", 1), ("dua-1", 1))}


def test_no_run_yet(tmp_path: Path) -> None:
    """It is said what to do."""
    with pytest.raises(NothingProposed, match="kilat learn"):
        latest_run(tmp_path)
