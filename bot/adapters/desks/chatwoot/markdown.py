"""Escapes texts for Chatwoot, whose screens render Markdown, and unescapes texts from its editor.

The editor: `src/schema/markdown/serializer.js` of https://github.com/chatwoot/prosemirror-schema
"""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_{}%\[\]<>&|~!])")
_HEAD = re.compile(r"^(\s*)([#+\-=:])")
_NUMBER = re.compile(r"^(\s*\d{1,9})([.)])")
_INDENT = re.compile(r"^[ \t]+")
_TAB = 4
# Chatwoot's editor escapes only a line of dashes after a line break, and the targets of links.
_DASHES = re.compile(r"\\(?:-+|=+)\s*")
_FENCE = re.compile(r"[ >]*```[^`\\]*")
_TARGET = re.compile(r"\]\(([^()\s]*)(?=[)\s])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def escape_markdown(text: str) -> str:
    """`text`, escaped for Markdown and template engines, so that a visitor can neither disguise a link nor load a
    picture on an agent's screen."""
    return "\n".join(_line(line) for line in text.splitlines())


def editor_text(text: str) -> str:
    """The text that an agent typed, from the editor's Markdown. The editor ends a line with a backslash where a
    paragraph goes on; every other backslash is the agent's own."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept, is_code, is_broken = [], False, False
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if _FENCE.fullmatch(line):
            is_code, is_broken = not is_code, False
        elif not is_code:
            line = line[1:] if is_broken and _DASHES.fullmatch(line) else line
            is_broken = line.endswith("\\") and bool(after.strip())
            line = _TARGET.sub(_target, line[:-1] if is_broken else line)
        kept.append(line)
    return "\n".join(kept)


def _target(link: re.Match[str]) -> str:
    return f"]({_ESCAPED.sub(lambda escaped: escaped[1], link[1])}"


def _line(line: str) -> str:
    line = _MARKS.sub(r"\\\1", line)
    line = _NUMBER.sub(r"\1\\\2", _HEAD.sub(r"\1\\\2", line))
    # Indented lines would become a code block; no-break spaces do not.
    return _INDENT.sub(lambda match: "\u00a0" * len(match.group().expandtabs(_TAB)), line)
