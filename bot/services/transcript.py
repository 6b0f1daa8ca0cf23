"""A conversation as plain text. Only our own lines begin at the margin, so nobody can type a line that passes for
another person's."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.conversation import Author, Entry
from bot.services.wording import Words


def transcript(entries: Sequence[Entry], words: Words, visitor: str = "") -> str:
    """A paragraph for each entry: time (UTC), author, text. `visitor` is the visitor's name, for other readers."""
    head = words.phrase("transcript_head")
    return "\n\n".join([head, *(_paragraph(entry, words, visitor) for entry in entries)]) + "\n"


def hanging(text: str) -> str:
    """`text` with all lines but the first indented."""
    return "\n  ".join(text.splitlines())


def _paragraph(entry: Entry, words: Words, visitor: str) -> str:
    theirs = visitor if entry.author is Author.VISITOR else ""
    who = entry.body.get("name") or theirs or words.phrase(f"author_{entry.author.value}")
    values = entry.body.get("values") or {}
    text = entry.body.get("text", "")
    if file := entry.body.get("file"):
        text = words.phrase("transcript_file", name=file["name"], size=words.size(file["size"]))
    said = [text, *list(values.values())[1:], (entry.body.get("rating") or {}).get("comment")]
    return f"[{entry.at:%Y-%m-%d %H:%M}] {' '.join(who.split())}: " + hanging("\n".join(filter(None, said)))
