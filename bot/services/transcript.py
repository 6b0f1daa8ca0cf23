"""A conversation as plain text, to keep."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.chat import Entry
from bot.services.words import Words


def transcript(entries: Sequence[Entry], words: Words) -> str:
    """One paragraph an entry: when (UTC), who, what."""
    head = words.phrase("transcript_head")
    return "\n\n".join([head, *(_paragraph(entry, words) for entry in entries)]) + "\n"


def _paragraph(entry: Entry, words: Words) -> str:
    who = entry.body.get("name") or words.phrase(f"author_{entry.author.value}")
    values = entry.body.get("values") or {}
    lines = [f"[{entry.at:%Y-%m-%d %H:%M}] {who}: {entry.body.get('text', '')}", *list(values.values())[1:]]
    if comment := (entry.body.get("rating") or {}).get("comment"):
        lines.append(comment)
    return "\n".join(line for line in lines if line)
