"""Texts on their way to Chatwoot's screens, which render Markdown, and back from its editor, which writes Markdown.

The editor: `src/schema/markdown/serializer.js` of https://github.com/chatwoot/prosemirror-schema
"""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_{}%\[\]<>&|~!])")
_HEAD = re.compile(r"^(\s*)([#+\-=:])")
_NUMBER = re.compile(r"^(\s*\d{1,9})([.)])")
_INDENT = re.compile(r"^[ \t]+")
_TAB = 4
# What Chatwoot's editor escapes: a line of dashes below a break, and where a link leads. Else it keeps what was typed.
_DASHES = re.compile(r"\\(?:-+|=+)\s*")
_FENCE = re.compile(r"[ >]*```[^`\\]*")
_TARGET = re.compile(r"\]\(([^()\s]*)(?=[)\s])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def escape_markdown(text: str) -> str:
    """`text`, escaped: a renderer of Markdown shows it as it was typed, and a template engine finds nothing to fill. So
    a visitor can neither disguise a link nor load a picture on an agent's screen."""
    return "\n".join(_line(line) for line in text.splitlines())


def editor_text(text: str) -> str:
    """What an agent typed, of a text as the editor keeps it. The editor ends a line with a backslash where a paragraph
    goes on. Every other backslash is the agent's own: in a path, in code, before an asterisk."""
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
    # Indented lines would become a block of code: spaces that do not break stay what they are.
    return _INDENT.sub(lambda match: "\u00a0" * len(match.group().expandtabs(_TAB)), line)
