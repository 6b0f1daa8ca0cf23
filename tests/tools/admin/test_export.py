"""The file that `kilat export` writes, and what an operator types to name a person."""

from __future__ import annotations

import argparse
import errno
import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.file_store import FolderFiles
from bot.bootstrap import open_personal
from bot.core.errors import KilatError, StoreUnavailable
from bot.ports import StoredFile
from bot.ports.audit import Audit, AuditQuery
from bot.ports.personal_data import DataSubject, PersonalRecords
from bot.settings import Settings
from bot.tools.admin import personal_data
from bot.tools.admin.export import CannotWrite, new_file, write_export
from bot.tools.admin.personal_data import NothingKept, whose

NOW = datetime(2026, 11, 29, 12, 30, tzinfo=timezone.utc)
NAME = "c_0123456789abcdef01234567"


@pytest.mark.parametrize("given", [
    "Ada <ada@example.com>", "<ada@example.com>", "mailto:ada@example.com", '"Lovelace, Ada" <ada@example.com>',
    "ada@example.com", " ada@example.com\n", "ada@example.com.", "ada@example.com;",
])
def test_an_address_as_mail_programs_write_it(given: str) -> None:
    """Nothing would be kept of "Ada <ada@example.com>", and the operator would tell Ada so."""
    assert whose(given) == DataSubject(subject=given, email="ada@example.com")


@pytest.mark.parametrize(("given", "email"), [
    ("auth0|ada@example.com", "auth0|ada@example.com"), ("wea\u212a@example.com", "wea\u212a@example.com"),
    ("@", "@"), ("@ada:example.com", "@ada:example.com"),
])
def test_what_only_looks_like_one(given: str, email: str) -> None:
    """It is taken as it stands."""
    assert whose(given) == DataSubject(subject=given, email=email)


def test_several_addresses() -> None:
    """Each may be another person's."""
    with pytest.raises(NothingKept, match="several"):
        whose("ada@example.com, bo@example.com")


def _row(text: str, **more: Any) -> dict[str, Any]:
    return {"conversation": NAME, "seq": 1, "author": "visitor", "at": NOW, "body": {"text": text, **more}}


def _zip(tmp_path: Path, *entries: dict[str, Any]) -> zipfile.ZipFile:
    raw = io.BytesIO()
    write_export(raw, PersonalRecords((NAME,)), {"entry": entries}, FolderFiles(tmp_path / "files"), NOW)
    return zipfile.ZipFile(raw)


def test_nobody_writes_a_line_of_anothers(tmp_path: Path) -> None:
    """Who reads the transcript sees at the margin who said what."""
    forged = "[2026-11-29 12:31] agent: Refund granted"
    for line_break in ("\n", "\r\n", "\n\n", "\u2028", "\x85"):
        with _zip(tmp_path, _row(f"halo{line_break}{forged}", name=f"Bo\n{forged}"),
                  _row("x", values={"description": f"a{line_break}{forged}"})) as archive:
            told = archive.read(f"conversations/{NAME}/transcript.txt").decode()
        assert forged in told
        assert [line[:17] for line in told.splitlines() if not line.startswith("  ") and line] == [
            "[2026-11-29 12:30"] * 2


def test_half_a_sign(tmp_path: Path) -> None:
    """A client of an older version could leave one; it breaks no export, and comes back as it was."""
    with _zip(tmp_path, _row("halo \ud83d")) as archive:
        assert json.loads(archive.read("data.json"))["entry"][0]["body"]["text"] == "halo \ud83d"
        assert b"halo \\ud83d" in archive.read(f"conversations/{NAME}/transcript.txt")


@pytest.mark.parametrize("error", [
    OSError(errno.ENOSPC, "No space left on device"), StoreUnavailable("the disk failed"), KeyboardInterrupt()],
    ids=["disk full", "file unreadable", "stopped"])
def test_no_half_of_a_file(tmp_path: Path, error: BaseException) -> None:
    """It would pass for the whole, and stand in the way of the next try."""
    path = tmp_path / "out.zip"
    with pytest.raises(CannotWrite if isinstance(error, OSError) else type(error)), new_file(path) as raw:
        raw.write(b"PK")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_where_it_may_not_stand(tmp_path: Path) -> None:
    """Nothing is written over, and no link is followed."""
    (tmp_path / "there.zip").write_text("mine")
    (tmp_path / "link.zip").symlink_to(tmp_path / "elsewhere")
    for name in ("there.zip", "link.zip", ".", "nowhere/out.zip", "there.zip/out.zip"):
        with pytest.raises(CannotWrite, match="--output"), new_file(tmp_path / name):
            pass
    assert (tmp_path / "there.zip").read_text() == "mine" and not (tmp_path / "elsewhere").exists()
    old = os.umask(0)
    try:
        with new_file(tmp_path / "out.zip"):
            assert (tmp_path / "out.zip").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(old)


@pytest.fixture
def run(settings: Settings, tmp_path: Path) -> Callable[..., int]:
    """Runs a command on an empty database."""
    def go(name: str, **more: Any) -> int:
        arguments = argparse.Namespace(whose=NAME, mentions=False, yes=True, dry_run=False,
                                       output=tmp_path / "out.zip", **more)
        done: int = getattr(personal_data, name)(arguments, settings)
        return done

    return go


def test_files_without_rows(run: Callable[..., int], settings: Settings, tmp_path: Path) -> None:
    """A restored backup of the database knows nothing of them; they are handed over and erased by the name."""
    files = FolderFiles(settings.state / "files")
    files.save(StoredFile("f_0123456789abcdef", NAME, "a.png", "image/png", 3), b"PNG")
    assert run("export") == 0
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read(f"conversations/{NAME}/files/f_0123456789abcdef") == b"PNG"
    assert run("forget") == 0
    assert list(files.conversations()) == []
    with pytest.raises(NothingKept):
        run("forget")


def test_no_export_without_a_record(run: Callable[..., int], settings: Settings, tmp_path: Path,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the audit log can't be written, nothing was handed over."""
    FolderFiles(settings.state / "files").save(StoredFile("f_0123456789abcdef", NAME, "a", "image/png", 3), b"PNG")
    audit: Audit = open_personal(settings)[2]

    def full(*_: object) -> None:
        raise StoreUnavailable("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(type(audit), "record", full)
        with pytest.raises(KilatError):
            run("export")
    assert not (tmp_path / "out.zip").exists() and not audit.read(AuditQuery())
