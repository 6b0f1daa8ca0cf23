"""Counts what an agent has not read in a conversation, and knows its last entry."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.conversation import Author, Entry, Kind
from bot.live.console.serializers import SHORT, at
from bot.live.frames import Frame

# The largest count.
REMEMBERED = 50
_WORDS = (Kind.TEXT, Kind.FILE, Kind.TICKET)


class UnreadCounter:
    """The newest entries of one conversation; `holder` is the agent who has it."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        self._entries: dict[int, Entry] = {}
        self._read = 0

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries; known ones may come again."""
        self._entries |= {entry.seq: entry for entry in entries if entry.kind in _WORDS}
        for seq in sorted(self._entries)[:-REMEMBERED]:
            del self._entries[seq]

    def mark_read(self, seq: int) -> None:
        """Note that the agent has read up to the entry `seq`."""
        self._read = max(self._read, seq)

    def summary(self) -> Frame:
        """`{unread, last}` of a row in the frame `mine`."""
        if not self._entries:
            return {"unread": 0, "last": None}
        seen = max([self._read, *(seq for seq, entry in self._entries.items() if entry.author is Author.AGENT)])
        unread = sum(seq > seen and entry.author is Author.VISITOR for seq, entry in self._entries.items())
        last = self._entries[max(self._entries)]
        text = str(last.body.get("text") or "")[:SHORT]
        return {"unread": unread, "last": {
            "author": last.author.value, "kind": last.kind.value, "text": text, "at": at(last.at)}}
