"""The folder of a run, and what became of its groups."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from learning_samples import asked

from bot.tools.learning.proposals import Kind, Proposal
from bot.tools.learning.run_store import NothingProposed, new_book, newest_book

NOW = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)


def proposal(number: int, *texts: str) -> Proposal:
    """A group of wordings, all picked."""
    wordings = tuple(asked(text, people=2) for text in texts)
    return Proposal(number, Kind.EXTEND, wordings, "phone_number", (), 1.0, wordings)


def test_a_run_is_found_again(tmp_path: Path) -> None:
    """The newest one, with the messages of each group; nobody else may read visitors' words."""
    new_book(tmp_path, NOW - timedelta(days=1)).write("old", "", [], [])
    new_book(tmp_path, NOW).write("# report", "patch", [proposal(1, "satu", "dua"), proposal(2, "tiga")], [asked("x")])
    book = newest_book(tmp_path)
    assert (book.report.read_text(), book.patch.read_text()) == ("# report", "patch")
    assert book.keys_of("2") == (("tiga-0", 1), ("tiga-1", 1))
    assert book.understood == (("x-0", 1),)
    assert book.folder.stat().st_mode & 0o077 == 0
    with pytest.raises(NothingProposed, match="no group 3"):
        book.keys_of("3")


def test_a_group_is_taken_with_all_its_messages(tmp_path: Path) -> None:
    """One of its lines in the patch is enough: the others say the same."""
    book = new_book(tmp_path, NOW)
    book.write("", "", [proposal(1, "satu", "dua"), proposal(2, "tiga")], [])
    assert book.taken_by({"dua", "reworded"}) == {
        "1": (("satu-0", 1), ("satu-1", 1), ("dua-0", 1), ("dua-1", 1))}


def test_no_run_yet(tmp_path: Path) -> None:
    """It is said what to do."""
    with pytest.raises(NothingProposed, match="kilat learn"):
        newest_book(tmp_path)
