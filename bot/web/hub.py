"""Who looks at which conversation now, and what they are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Protocol

from bot.core.chat import Changed, Chat
from bot.web.frames import Frame, dump, entry_json


class Viewer(Protocol):
    """A client that looks at one conversation. Nothing here blocks."""

    def entry(self, seq: int, frame: str) -> None:
        """A new entry, as the text of its frame."""

    def chat(self, chat: Chat) -> None:
        """The conversation has changed: its status, its language, who it belongs to, or what it can do."""

    def frame(self, frame: str) -> None:
        """A passing frame: somebody types, somebody has read."""


class Hub:
    """Viewers by conversation, in this process."""

    def __init__(self) -> None:
        self._viewers: dict[str, set[Viewer]] = defaultdict(set)
        self._shown: dict[str, Chat] = {}

    def join(self, chat: Chat, viewer: Viewer) -> None:
        """`viewer` looks at `chat` from now on."""
        self._viewers[chat.id].add(viewer)
        self._shown[chat.id] = chat

    def leave(self, conversation: str, viewer: Viewer) -> None:
        """`viewer` looks no more."""
        self._viewers[conversation].discard(viewer)
        if not self._viewers[conversation]:
            del self._viewers[conversation]
            self._shown.pop(conversation, None)

    def changed(self, changed: Changed) -> None:
        """Tell the viewers what a change brought."""
        chat = changed.chat
        if chat.id not in self._viewers:
            return
        for entry in changed.entries:
            frame = dump({"type": "entry", "entry": entry_json(entry)})
            for viewer in self._of(chat.id):
                viewer.entry(entry.seq, frame)
        before, self._shown[chat.id] = self._shown.get(chat.id), chat
        if before is None or _face(before) != _face(chat):
            self.refresh(chat)
        if before is not None and before.read != chat.read:
            self.tell(chat.id, {"type": "read", "seq": chat.read})

    def refresh(self, chat: Chat) -> None:
        """Show the state anew, for it depends on more than the conversation."""
        for viewer in self._of(chat.id):
            viewer.chat(chat)

    def tell(self, conversation: str, frame: Frame, *, but: Viewer | None = None) -> None:
        """A passing frame to all viewers of a conversation."""
        text = dump(frame)
        for viewer in self._of(conversation):
            if viewer is not but:
                viewer.frame(text)

    def chats(self) -> Iterator[Chat]:
        """Every conversation that somebody looks at."""
        return iter(list(self._shown.values()))

    def _of(self, conversation: str) -> tuple[Viewer, ...]:
        return tuple(self._viewers.get(conversation, ()))


def _face(chat: Chat) -> tuple[object, ...]:
    """What a `state` frame shows of a conversation."""
    return chat.status, chat.lang, chat.identity
