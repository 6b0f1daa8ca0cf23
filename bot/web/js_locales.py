"""Makes JavaScript modules of the words of the widget and the console in `data/locales`, when a page asks for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.adapters.locales import FOLDER, read_locales
from bot.languages import NAMES

_MODULE = re.compile(r"locales/(\w+)\.js", re.ASCII)


def language_of(name: str, languages: Iterable[str]) -> str | None:
    """The language of the module `locales/<language>.js`; `None` when `name` is no module of one of `languages`."""
    found = _MODULE.fullmatch(name)
    return found[1] if found and found[1] in languages else None


def changed_at(data: Path, kind: str) -> int:
    """When the words of `kind` changed last, in nanoseconds since the epoch."""
    return max((path.stat().st_mtime_ns for path in (data / FOLDER).glob(f"*/{kind}.yml")), default=0)


def locale_module(data: Path, kind: str, language: str, languages: Iterable[str]) -> str:
    """A module with the words of `kind`, its language as `lang`, and each language's own name as `lang_<code>`."""
    names = {f"lang_{code}": NAMES[code] for code in languages}
    return f"export default{literal({'lang': language, **names, **read_locales(data, kind)[language]})};\n"


def literal(texts: Mapping[str, Any]) -> str:
    """Texts by key, nested or not, as a JavaScript object. Keys are identifiers."""
    parts = ((key, literal(text) if isinstance(text, Mapping) else json.dumps(text, ensure_ascii=False))
             for key, text in texts.items())
    return "{" + ",".join(f"{key}:{text}" for key, text in parts) + "}"
