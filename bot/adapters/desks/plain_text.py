"""Names and plain words of what is shown at an outside desk."""

from __future__ import annotations

from datetime import datetime

from bot.core.conversation import Entry
from bot.ports import Case

# Kilat speaks under its own name there, as in the widget.
BOT_NAME = "Kilat"
# Outside of this, JavaScript and others count a character as two.
_PLANE = "\uffff"


def case_name(case: Case) -> str:
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


def split_text(text: str, longest: int) -> list[str]:
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


def _moment(at: datetime) -> str:
    return f"{round(at.timestamp() * 1000):x}"
