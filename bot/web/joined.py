"""The widget's modules as one: a visitor's browser asks once instead of twenty times, and it packs far better.

No build: this happens when the gateway serves `/widget/app.js`, and each module also runs as it lies there. So a module
keeps to a few rules, which `tests/browser/test_budget.py` checks: imports and exports stand at the beginning of a line,
imports by their own names from modules beside it; no name at the top level is used twice; and a comment stands
on a line of its own or after `;`, `,` or `{`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_IMPORT = re.compile(r"^import .* from '\./([\w-]+\.js)';$")
_REMARK = re.compile(r"(^|(?<=[;,{]) )//.*$")


def stripped(source: str) -> Iterator[str]:
    """The lines of a module without comments, indentation and empty lines."""
    for line in source.splitlines():
        if code := _REMARK.sub("", line.strip()):
            yield code


def joined(entrance: Path) -> str:
    """`entrance` with every module that it needs, those first that others need."""
    lines: list[str] = []
    _add(entrance, set(), lines)
    return "\n".join(lines) + "\n"


def _add(module: Path, seen: set[Path], lines: list[str], *, inner: bool = False) -> None:
    seen.add(module)
    own: list[str] = []
    for line in stripped(module.read_text(encoding="utf-8")):
        if found := _IMPORT.match(line):
            needed = module.parent / found[1]
            if needed not in seen:
                _add(needed, seen, lines, inner=True)
        else:
            own.append(line.removeprefix("export ") if inner else line)
    lines += own
