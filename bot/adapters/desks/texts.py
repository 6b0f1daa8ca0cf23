"""What is shown at an outside desk, as plain text."""

from __future__ import annotations

import re

from bot.core.chat import Entry
from bot.ports import Case

# Kilat speaks under its own name there, as in the widget.
BOT_NAME = "Kilat"
_MARKS = re.compile(r"([\\`*_{}%\[\]<>&|~!])")
_HEAD = re.compile(r"^(\s*)([#+\-=:])")
_NUMBER = re.compile(r"^(\s*\d{1,9})([.)])")
_INDENT = re.compile(r"^[ \t]+")
_TAB = 4
_ESCAPED = re.compile(r"\\([\n!-/:-@\[-`{-~])")


def name_of(case: Case) -> str:
    """The case's name at a desk: with its conversation's, for a new database counts its cases from 1 again."""
    return f"{case.number}-{case.conversation}"


def entry_text(entry: Entry) -> str:
    """The words of an entry: what was said, with a form's values or a rating's comment below."""
    values = list((entry.body.get("values") or {}).values())[1:]
    comment = (entry.body.get("rating") or {}).get("comment") or ""
    return "\n".join(line for line in (entry.body.get("text") or "", *map(str, values), comment) if line)


def speaker(entry: Entry) -> str:
    """Who said it, for those that are not the visitor."""
    return entry.body.get("name") or BOT_NAME


def plain(text: str) -> str:
    """`text` so that a renderer of Markdown shows it as it was typed, and a template engine finds nothing to fill: a
    visitor can neither disguise a link nor load a picture at an agent's screen."""
    return "\n".join(_line(line) for line in text.splitlines())


def typed(text: str) -> str:
    """What an agent typed, of a text as an editor of Markdown keeps it: with a backslash before a line break, and
    before what would be markup."""
    return _ESCAPED.sub(r"\1", text.replace("\r\n", "\n"))


def parts(text: str, longest: int) -> list[str]:
    """`text` in parts of at most `longest` characters, cut between lines where there are any; none is blank."""
    pieces = []
    while len(text) > longest:
        cut = text.rfind("\n", 1, longest)
        cut = longest if cut < longest // 2 else cut
        pieces.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [piece for piece in (*pieces, text) if piece.strip()]


def _line(line: str) -> str:
    line = _MARKS.sub(r"\\\1", line)
    line = _NUMBER.sub(r"\1\\\2", _HEAD.sub(r"\1\\\2", line))
    # Indented lines would become a block of code: spaces that do not break stay what they are.
    return _INDENT.sub(lambda match: "\u00a0" * len(match.group().expandtabs(_TAB)), line)
