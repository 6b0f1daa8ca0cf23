"""The widget's modules as one: a visitor's browser asks once instead of twenty times, and it packs far better.

No build: this happens when the gateway serves `/widget/app.js`, and each module also runs as it lies there. So a module
keeps to a few rules, which `tests/browser/test_budget.py` checks: imports and exports stand at the beginning of a line,
imports by their own names from modules beside it; no name at the top level is used twice; a comment stands
on a line of its own or after `;`, `,` or `{`; no template stands within another; and what is divided has a space before
and after its `/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_IMPORT = re.compile(r"^import .* from '\./([\w-]+\.js)';$")
_REMARK = re.compile(r"(^|(?<=[;,{]) )//.*$")
# Templates, strings and regular expressions: every letter of theirs counts.
_LITERAL = re.compile(
    r"(`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])*'|" r'"(?:\\.|[^"\\\n])*"'
    r"|(?<=[(=,:&|!?{};\s])/(?![\s/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)"
)
# `+` and `-` keep their spaces: `a + +b`.
_AROUND = re.compile(r"(?:(?<! ) +)?([{}()\[\],;:=<>*&|?!%]) *")
# Where a line break ends no statement.
_BREAK = re.compile(r"(?<=[{\[(,;&|?:=])\n|\n(?=[)\]}.?:])")


def stripped(source: str) -> Iterator[str]:
    """The lines of a module without comments, indentation and empty lines."""
    for line in source.splitlines():
        if code := _REMARK.sub("", line.strip()):
            yield code


def tight(source: str) -> str:
    """`source`, stripped of its comments, without the spaces and line breaks that mean nothing."""
    parts = _LITERAL.split(source)
    parts[::2] = [_BREAK.sub("", _AROUND.sub(r"\1", part)).replace(";}", "}") for part in parts[::2]]
    return "".join(parts)


def alone(module: Path) -> str:
    """One module by itself, as small as it goes."""
    return tight("\n".join(stripped(module.read_text(encoding="utf-8"))) + "\n")


def joined(entrance: Path) -> str:
    """`entrance` with every module that it needs, those first that others need."""
    lines: list[str] = []
    _add(entrance, set(), lines)
    return tight("\n".join(lines) + "\n")


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
