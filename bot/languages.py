"""The languages that Kilat speaks, as `data/languages.yml` lists them.

The only file that is read at import: the schema of the facts and the command line are made of its list.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.core.errors import ConfigurationError

# As `bot.settings.REFUSED`, which is not there yet.
_REFUSED = 78
_DATA = Path(os.environ.get("KILAT_DATA_DIR") or Path(__file__).resolve().parent.parent / "data")


def _read(path: Path) -> dict[str, Any]:
    try:
        listed: dict[str, Any] = YAML(typ="safe").load(path)
    except OSError as error:
        # Whoever imports this has not begun yet, and could say nothing of it.
        why = f"{path} can't be read ({error.strerror}). Set it to the folder of words and facts"
        print(f"kilat: KILAT_DATA_DIR: {why}", file=sys.stderr)
        raise SystemExit(_REFUSED) from error
    languages, fallback = listed.get("languages") or {}, listed.get("fallback")
    if not languages or not next(iter(languages.values()))["complete"]:
        raise ConfigurationError(f"{path}: the first of `languages` must be complete.")
    if not languages.get(fallback, {}).get("complete"):
        raise ConfigurationError(f"{path}: `fallback` must name a complete language.")
    return listed


_LISTED = _read(_DATA / "languages.yml")
# ISO 639-1 codes; the first is taken when none is known.
LANGUAGES: tuple[str, ...] = tuple(_LISTED["languages"])
# Those that have every text.
COMPLETE: tuple[str, ...] = tuple(code for code, entry in _LISTED["languages"].items() if entry["complete"])
# What the other ones lack is said in this one.
FALLBACK: str = _LISTED["fallback"]
# What each calls itself.
NAMES: Mapping[str, str] = {code: entry["name"] for code, entry in _LISTED["languages"].items()}
