"""Secrets: random ones in the state folder, and those that an operator sets."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.core.errors import ConfigurationError

SHORTEST_SECRET = 32
# Different characters. A random secret of 32 decimal digits has as few in one of 10,000 cases, a hexadecimal one never.
FEWEST_CHARACTERS = 6
# Characters; a text that repeats a shorter part is as easy to guess as the part.
SHORTEST_PERIOD = 16
_MAKE_ONE = 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


def secret(environ: Mapping[str, str], name: str, path: Path) -> str:
    """The secret in `name`, else a random one that is stored at `path`, so that all processes agree."""
    return strong(environ, name) or _stored(path) or _make(path)


def strong(environ: Mapping[str, str], name: str) -> str | None:
    """The secret in `name`, `None` without one; `ConfigurationError` for one that is easily guessed, or that a header
    would not carry unchanged."""
    value = environ.get(name) or ""
    if not (value.isascii() and value.isprintable() and value == value.strip()):
        raise ConfigurationError(
            f"{name} holds what does not come through everywhere as it is: a space or a line break at its end, or a "
            f"sign beyond ASCII. {_MAKE_ONE}")
    if value and len(value) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"{name} is too short: {len(value)} characters, and it takes {SHORTEST_SECRET} or more. {_MAKE_ONE}")
    if value and (len(set(value)) < FEWEST_CHARACTERS or _period(value) < SHORTEST_PERIOD):
        raise ConfigurationError(f"{name} is easily guessed: it repeats itself. {_MAKE_ONE}")
    return value or None


def _period(text: str) -> int:
    """The length of the part that the text repeats to its end; the text's length if it repeats nothing."""
    return next(length for length in range(1, len(text) + 1) if text[length:] == text[:len(text) - length])


def _make(path: Path) -> str:
    """Create the secret atomically, one process at a time; a file that a crash left empty is replaced."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if value := _stored(path):
                return value
            with NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False) as file:
                file.write(secrets.token_urlsafe(48))
            os.replace(file.name, path)
            return _stored(path)
        finally:
            os.close(folder)
    except OSError as error:
        raise ConfigurationError(
            f"KILAT_STATE_DIR: {path.parent} can't be written ({error.strerror}). Let the user that runs Kilat write "
            "there, or set KILAT_STATE_DIR to a folder of theirs") from error


def _stored(path: Path) -> str:
    try:
        return path.read_text().strip() if path.exists() else ""
    except OSError as error:
        raise ConfigurationError(f"KILAT_STATE_DIR: {path} can't be read ({error.strerror}). It must belong to the "
                                 "user that runs Kilat") from error
