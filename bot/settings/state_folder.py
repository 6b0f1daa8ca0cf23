"""The state folder is for the user that runs Kilat, and for nobody else on the machine."""

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
    """Whatever this process writes from now on, others can't read."""
    os.umask(FOR_OTHERS)


def check_state(settings: Settings) -> None:
    """`ConfigurationError` when others can read the state folder or a database beside it, when it can't be written, or
    when everybody can change the models, which are code.

    The folder of a checkout (`var`), which older versions made readable, is closed here instead.
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
    """An SQLite file outside of the state folder, where a closed folder does not protect it."""
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
    """As `chmod -R go=` does; a link's target is somebody else's."""
    folder.chmod(_mode(folder) & ~FOR_OTHERS)
    for path in folder.rglob("*"):
        if not path.is_symlink() and path.stat().st_uid == os.geteuid():
            path.chmod(_mode(path) & ~FOR_OTHERS)


def _mode(path: Path) -> int:
    """The permissions of what is there; 0 where nothing is."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
