"""What is shown at an outside desk, as plain text."""

from __future__ import annotations

import re
from datetime import datetime

from bot.core.conversation import Entry
from bot.ports import Case

# Kilat speaks under its own name there, as in the widget.
BOT_NAME = "Kilat"
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
# Outside of this, JavaScript and others count a character as two.
_PLANE = "\uffff"


def name_of(case: Case) -> str:
    """The case's name at a desk: with its conversation's and its time, for a new database counts its cases from 1
    again, and one that was restored gives the numbers since then again, perhaps in the same conversation."""
    return f"{case.number}-{case.conversation_id}-{_moment(case.created_at)}"


def entry_name(entry: Entry) -> str:
    """An entry's name within its case: with its time, for after an older backup the log counts on from there again."""
    return f"{entry.seq}-{_moment(entry.at)}"


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
    """What an agent typed, of a text as Chatwoot's editor keeps it. It ends a line with a backslash where the paragraph
    goes on; every other backslash is the agent's own: in a path, in code, before an asterisk."""
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


def parts(text: str, longest: int) -> list[str]:
    """`text` in parts of at most `longest` characters as JavaScript counts them (an emoji is two), cut between lines
    where there are any; none is blank."""
    pieces = []
    while (fits := _fits(text, longest)) < len(text):
        cut = text.rfind("\n", 1, fits)
        cut = fits if cut < fits // 2 else cut
        pieces.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [piece for piece in (*pieces, text) if piece.strip()]


def _fits(text: str, longest: int) -> int:
    """How many characters of `text`, from its beginning, count as at most `longest`."""
    count = 0
    for place, sign in enumerate(text[:longest + 1]):
        count += 2 if sign > _PLANE else 1
        if count > longest:
            return max(place, 1)
    return len(text)


def _target(link: re.Match[str]) -> str:
    return f"]({_ESCAPED.sub(lambda escaped: escaped[1], link[1])}"


def _moment(at: datetime) -> str:
    return f"{round(at.timestamp() * 1000):x}"


def _line(line: str) -> str:
    line = _MARKS.sub(r"\\\1", line)
    line = _NUMBER.sub(r"\1\\\2", _HEAD.sub(r"\1\\\2", line))
    # Indented lines would become a block of code: spaces that do not break stay what they are.
    return _INDENT.sub(lambda match: "\u00a0" * len(match.group().expandtabs(_TAB)), line)
