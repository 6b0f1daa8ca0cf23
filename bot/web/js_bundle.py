"""Joins the widget's modules into one: one request instead of thirty, and one file compresses better.

There is no build: the gateway joins the modules when it serves `/widget/app.js`, and each module also runs by itself.
So a module keeps to these rules, which `tests/browser/test_budget.py` checks:

- Imports and exports stand at the beginning of a line; a module imports from modules beside it, without renaming.
- No two modules use the same name at the top level. A top-level name with a capital names no property of the browser,
  of a frame or of `loader.js`: the joined file has a short name in its place.
- A comment stands on a line of its own, or after `;`, `,` or `{`.
- No template stands within another; a division has a space before and after its `/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_IMPORT = re.compile(r"^import .* from '\./([\w-]+\.js)';$")
# A top-level name with a capital; it gets a short one, so that a plain long name costs nothing over the wire.
_LONG_NAME = re.compile(r"^(?:export )?(?:const|class) (\w*[A-Z]\w*)", re.MULTILINE)
_REMARK = re.compile(r"(^|(?<=[;,{]) )//.*$")
# Templates, strings and regular expressions, which stay as they are.
_LITERAL = re.compile(
    r"(`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])*'|" r'"(?:\\.|[^"\\\n])*"'
    r"|(?<=[(=,:&|!?{};\s])/(?![\s/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)"
)
# `+` and `-` keep their spaces: `a + +b`.
_AROUND = re.compile(r"(?:(?<! ) +)?([{}()\[\],;:=<>*&|?!%]) *")
# A line break that ends no statement.
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
    """One module by itself, as small as possible."""
    return tight("\n".join(stripped(module.read_text(encoding="utf-8"))) + "\n")


def joined(entrance: Path) -> str:
    """`entrance` with every module that it imports, each after the modules that it imports, with short names at the top
    level."""
    lines: list[str] = []
    names: dict[str, str] = {}
    _add(entrance, set(), lines, names)
    source = re.sub(r"\w+", lambda word: names.get(word[0], word[0]), "\n".join(lines) + "\n")
    return tight(source)


def _add(module: Path, seen: set[Path], lines: list[str], names: dict[str, str], *, inner: bool = False) -> None:
    seen.add(module)
    source = module.read_text(encoding="utf-8")
    for name in _LONG_NAME.findall(source):
        names[name] = f"${len(names):x}"
    own: list[str] = []
    for line in stripped(source):
        if found := _IMPORT.match(line):
            needed = module.parent / found[1]
            if needed not in seen:
                _add(needed, seen, lines, names, inner=True)
        else:
            own.append(line.removeprefix("export ") if inner else line)
    lines += own
