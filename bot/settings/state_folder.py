"""Keeps the state folder private to the user that runs Kilat."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from bot.core.errors import ConfigurationError
from bot.settings import ROOT, Settings
from bot.settings.database import parse_database

# Read, write and search, for the group and for others.
FOR_OTHERS = 0o077
WRITABLE_BY_ALL = 0o002
OURS_ALONE = 0o700


def keep_private() -> None:
    """Make all files that this process writes from now on unreadable for others."""
    os.umask(FOR_OTHERS)


def check_state(settings: Settings) -> None:
    """Raise `ConfigurationError` when others can read the state folder or a database outside of it, when it can't be
    written, or when everybody can change the models, which are code.

    The folder of a checkout (`var`), which older versions made readable, is closed instead.
    """
    _check_folder(settings.state)
    _check_database(settings)
    # A link has no permissions of its own.
    inside = (path for path in settings.models.rglob("*") if not path.is_symlink())
    if any(_mode(path) & WRITABLE_BY_ALL for path in (settings.models, *inside)):
        raise ConfigurationError(
            f"KILAT_MODELS_DIR: everybody can write in {settings.models}, and a model is code. Type: "
            f"chmod -R o-w {settings.models}")


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        _make(folder)
    if _mode(folder) & FOR_OTHERS:
        if folder == ROOT / "var" and folder.stat().st_uid == os.geteuid():
            _close(folder)
            print(f"kilat: {folder} could be read by others; now it is yours alone.", file=sys.stderr, flush=True)
        else:
            raise ConfigurationError(
                f"KILAT_STATE_DIR: others can read {folder}, which holds secrets and what visitors wrote. Type: "
                f"chmod -R go= {folder}")
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise ConfigurationError(
            f"KILAT_STATE_DIR: {folder} belongs to another user of this machine (number {owner}), who can read it. "
            f"Type: chown -R {os.geteuid()} {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"KILAT_STATE_DIR: {folder} can't be written. Let the user that runs Kilat write there, or set "
            "KILAT_STATE_DIR to a folder of theirs")


def _check_database(settings: Settings) -> None:
    """Check that others can't read an SQLite file: the file or a folder above it must be closed to them."""
    url = parse_database(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    path = Path(url.database).resolve()
    if _mode(path) & FOR_OTHERS and not any(_mode(folder) & FOR_OTHERS == 0 for folder in path.parents):
        raise ConfigurationError(f"KILAT_DATABASE_URL: others can read {path}. Type: chmod go= {path}*")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=OURS_ALONE, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"KILAT_STATE_DIR: {folder} can't be made ({error.strerror}). Make it, for the user that runs Kilat, or "
            "set KILAT_STATE_DIR to a folder of theirs") from error


def _close(folder: Path) -> None:
    """Do as `chmod -R go=`, without following links."""
    folder.chmod(_mode(folder) & ~FOR_OTHERS)
    for path in folder.rglob("*"):
        if not path.is_symlink() and path.stat().st_uid == os.geteuid():
            path.chmod(_mode(path) & ~FOR_OTHERS)


def _mode(path: Path) -> int:
    """The permissions of a file or a folder; 0 if there is none."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
