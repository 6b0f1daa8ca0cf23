"""Who looks at which conversation now, and what they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from bot.core.conversation import Agent, Changed, Conversation
from bot.live.frames import Frame, dump, entry_json


class Subscriber(Protocol):
    """A client that looks at one conversation. Nothing here blocks."""

    def conversation(self, conversation: Conversation) -> None:
        """The conversation as it is from now on; comes before the entries of the same change."""

    def entry(self, seq: int, frame: str) -> None:
        """A new entry, as the text of its frame."""

    def show(self) -> None:
        """What a `state` frame tells besides the conversation has changed."""

    def resync(self) -> None:
        """Perhaps there is something new in the log that nobody was told of."""

    def frame(self, frame: str) -> None:
        """A passing frame: somebody types."""


class PubSub:
    """Viewers by conversation, in this process. `listeners` hear of each passing frame, too."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[str, Frame], None]] = []
        self._viewers: dict[str, set[Subscriber]] = {}
        self._conversations: dict[str, Conversation] = {}

    def join(self, conversation_id: str, viewer: Subscriber) -> None:
        """`viewer` looks at it from now on. What is read of it after this, and `changed`, leave no gap."""
        self._viewers.setdefault(conversation_id, set()).add(viewer)

    def saw(self, conversation: Conversation) -> None:
        """The conversation as a viewer has read it after joining; what `changed` brought is newer."""
        if conversation.id in self._viewers:
            self._conversations.setdefault(conversation.id, conversation)

    def leave(self, conversation_id: str, viewer: Subscriber) -> None:
        """`viewer` looks no more."""
        viewers = self._viewers.get(conversation_id, set())
        viewers.discard(viewer)
        if not viewers:
            self._viewers.pop(conversation_id, None)
            self._conversations.pop(conversation_id, None)

    def changed(self, changed: Changed) -> None:
        """Tell the viewers what a change brought."""
        conversation = changed.conversation
        if conversation.id not in self._viewers:
            return
        self._conversations[conversation.id] = conversation
        for viewer in self._of(conversation.id):
            viewer.conversation(conversation)
        for entry in changed.entries:
            frame = dump({"type": "entry", "entry": entry_json(entry)})
            for viewer in self._of(conversation.id):
                viewer.entry(entry.seq, frame)

    def refresh(self, conversation_id: str) -> None:
        """Show the state anew, for it depends on more than the conversation."""
        for viewer in self._of(conversation_id):
            viewer.show()

    def resync(self, conversation_id: str) -> None:
        """Whether a change was stored is not known."""
        for viewer in self._of(conversation_id):
            viewer.resync()

    def tell(self, conversation_id: str, frame: Frame, *, but: Subscriber | None = None) -> None:
        """A passing frame to all viewers of a conversation."""
        text = dump(frame)
        for viewer in self._of(conversation_id):
            if viewer is not but:
                viewer.frame(text)
        for listener in self.listeners:
            listener(conversation_id, frame)

    def is_there(self, conversation_id: str) -> bool:
        """True while somebody looks at it."""
        return conversation_id in self._viewers

    def conversations(self) -> Iterator[Conversation]:
        """Every conversation that somebody looks at."""
        return iter(list(self._conversations.values()))

    def agent_of(self, conversation_id: str) -> Agent | None:
        """Who has it, as far as somebody looks at it."""
        conversation = self._conversations.get(conversation_id)
        return conversation.agent if conversation else None

    def _of(self, conversation_id: str) -> tuple[Subscriber, ...]:
        return tuple(self._viewers.get(conversation_id, ()))
