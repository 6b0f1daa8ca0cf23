"""What every keeper of visitors' files must do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.file_store import FolderFiles
from bot.core.errors import StoreUnavailable
from bot.ports import Files, StoredFile

PHOTO = StoredFile("f_0123456789abcdef", "c_0123456789abcdef", "foto.png", "image/png", 4)
OTHER = "c_fedcba9876543210"
WRONG = ["", ".", "..", "../f_0123456789abcdef", "f_0123456789abcdef/..", "/etc/passwd", "f_0123456789ABCDEF", "f_0123",
         "f_0123456789abcdef\n", "f_0123456789abcdef\0", "f_०१२३४५६७८९०१२३४५", ".f_0123456789abcdef.part"]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Each adapter of the port `Files`, empty."""
    return FolderFiles(tmp_path / "files")


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0", bytes(range(256)) * 4096], ids=len)
def test_what_was_saved_comes_back(files: Files, content: bytes) -> None:
    """Byte for byte, in its conversation alone."""
    files.save(PHOTO, content)
    assert files.load(PHOTO.conversation_id, PHOTO.id) == content
    assert files.load(OTHER, PHOTO.id) is None
    assert files.load(PHOTO.conversation_id, "f_fedcba9876543210") is None


def test_the_same_id_again_changes_nothing(files: Files) -> None:
    """An upload that was repeated."""
    files.save(PHOTO, b"first")
    files.save(PHOTO, b"second")
    assert files.load(PHOTO.conversation_id, PHOTO.id) == b"first"


def test_the_same_id_in_two_conversations(files: Files) -> None:
    """Two files."""
    files.save(PHOTO, b"one")
    files.save(replace(PHOTO, conversation_id=OTHER), b"two")
    assert (files.load(PHOTO.conversation_id, PHOTO.id), files.load(OTHER, PHOTO.id)) == (b"one", b"two")


@pytest.mark.parametrize("wrong", WRONG)
def test_no_path_leads_out(files: Files, tmp_path: Path, wrong: str) -> None:
    """What is no id of ours is refused, as a file and as a conversation, and leaves no trace."""
    conversation_id = wrong.replace("f_", "c_")
    for file in (replace(PHOTO, id=wrong), replace(PHOTO, conversation_id=conversation_id)):
        with pytest.raises(ValueError, match="not an id"):
            files.save(file, b"evil")
        assert files.load(file.conversation_id, file.id) is None
    assert list(tmp_path.rglob("*")) == []


def test_savings_at_once_are_whole(files: Files) -> None:
    """Whoever comes first, nobody reads a half."""
    contents = [bytes([n]) * 200_000 for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: files.save(PHOTO, content), contents))
    assert files.load(PHOTO.conversation_id, PHOTO.id) in contents


def test_a_failed_save_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails in the middle: unavailable, no file, no remains, and the next attempt counts."""
    files = FolderFiles(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(StoreUnavailable, match="No space left"):
            files.save(PHOTO, b"half")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert files.load(PHOTO.conversation_id, PHOTO.id) is None
    files.save(PHOTO, b"whole")
    assert files.load(PHOTO.conversation_id, PHOTO.id) == b"whole"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Unavailable, not a crash."""
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(StoreUnavailable):
        FolderFiles(tmp_path / "files").save(PHOTO, b"x")
