"""Names and plain texts of cases and entries for outside desks."""

from __future__ import annotations

from datetime import datetime

from bot.core.conversation import Entry
from bot.ports import Case

# The bot's name, as in the widget.
BOT_NAME = "Kilat"
# JavaScript counts characters above this one as two.
_PLANE = "\uffff"


def case_name(case: Case) -> str:
    """The case's unique name at a desk. A new or restored database gives the same case numbers again, so the name also
    holds the conversation's id and the time."""
    return f"{case.number}-{case.conversation_id}-{_moment(case.created_at)}"


def entry_name(entry: Entry) -> str:
    """The entry's unique name within its case. A restored database may give a `seq` again, but not its time."""
    return f"{entry.seq}-{_moment(entry.at)}"


def entry_text(entry: Entry) -> str:
    """The entry's text, followed by the values of its form or the comment of its rating."""
    values = list((entry.body.get("values") or {}).values())[1:]
    comment = (entry.body.get("rating") or {}).get("comment") or ""
    return "\n".join(line for line in (entry.body.get("text") or "", *map(str, values), comment) if line)


def speaker(entry: Entry) -> str:
    """The name of the entry's author, for entries of agents and the bot."""
    return entry.body.get("name") or BOT_NAME


def split_text(text: str, longest: int) -> list[str]:
    """`text` in parts of at most `longest` characters as JavaScript counts them (an emoji is two), split between lines
    if possible. No part is blank."""
    pieces = []
    while (fits := _fits(text, longest)) < len(text):
        cut = text.rfind("\n", 1, fits)
        cut = fits if cut < fits // 2 else cut
        pieces.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [piece for piece in (*pieces, text) if piece.strip()]


def _fits(text: str, longest: int) -> int:
    """How many characters at the beginning of `text` count as at most `longest`."""
    count = 0
    for place, sign in enumerate(text[:longest + 1]):
        count += 2 if sign > _PLANE else 1
        if count > longest:
            return max(place, 1)
    return len(text)


def _moment(at: datetime) -> str:
    return f"{round(at.timestamp() * 1000):x}"
