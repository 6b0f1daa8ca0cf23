"""Publishes changes of conversations to their subscribers in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from bot.core.conversation import Agent, Changed, Conversation
from bot.live.frames import Frame, dump, entry_json


class Subscriber(Protocol):
    """A client that follows one conversation. No method blocks."""

    def on_conversation_change(self, conversation: Conversation) -> None:
        """The conversation has changed; called before `on_entry` for the same change."""

    def on_entry(self, seq: int, frame: str) -> None:
        """A new entry; `frame` is the text of its frame."""

    def on_state_change(self) -> None:
        """Something else in the `state` frame has changed, such as the place in the queue."""

    def resync(self) -> None:
        """The outcome of a commit is unknown. Re-read the log after the last `seq` shown."""

    def on_transient(self, frame: str) -> None:
        """The text of a transient frame, which is not in the log (`typing`)."""


class PubSub:
    """Subscribers by conversation. The `on_transient` listeners get the id and frame of each transient frame."""

    def __init__(self) -> None:
        self.on_transient: list[Callable[[str, Frame], None]] = []
        self._subscribers: dict[str, set[Subscriber]] = {}
        self._conversations: dict[str, Conversation] = {}

    def subscribe(self, conversation_id: str, subscriber: Subscriber) -> None:
        """Call `subscriber` for each change from now on. Subscribe first, then read the log: so there is no gap."""
        self._subscribers.setdefault(conversation_id, set()).add(subscriber)

    def seed(self, conversation: Conversation) -> None:
        """Keep the conversation as read after `subscribe`, unless `publish` has brought a newer one."""
        if conversation.id in self._subscribers:
            self._conversations.setdefault(conversation.id, conversation)

    def unsubscribe(self, conversation_id: str, subscriber: Subscriber) -> None:
        """Undo `subscribe`; harmless when it was undone."""
        subscribers = self._subscribers.get(conversation_id, set())
        subscribers.discard(subscriber)
        if not subscribers:
            self._subscribers.pop(conversation_id, None)
            self._conversations.pop(conversation_id, None)

    def publish(self, changed: Changed) -> None:
        """Pass a committed change to the subscribers of its conversation."""
        conversation = changed.conversation
        if conversation.id not in self._subscribers:
            return
        self._conversations[conversation.id] = conversation
        for subscriber in self._subscribers_of(conversation.id):
            subscriber.on_conversation_change(conversation)
        for entry in changed.entries:
            frame = dump({"type": "entry", "entry": entry_json(entry)})
            for subscriber in self._subscribers_of(conversation.id):
                subscriber.on_entry(entry.seq, frame)

    def refresh_state(self, conversation_id: str) -> None:
        """Have the subscribers show the state anew."""
        for subscriber in self._subscribers_of(conversation_id):
            subscriber.on_state_change()

    def resync(self, conversation_id: str) -> None:
        """The outcome of a commit is unknown: have the subscribers read the log."""
        for subscriber in self._subscribers_of(conversation_id):
            subscriber.resync()

    def publish_transient(self, conversation_id: str, frame: Frame, *, but: Subscriber | None = None) -> None:
        """Pass a transient frame to all subscribers but `but`, and to `on_transient`."""
        text = dump(frame)
        for subscriber in self._subscribers_of(conversation_id):
            if subscriber is not but:
                subscriber.on_transient(text)
        for listener in self.on_transient:
            listener(conversation_id, frame)

    def has_subscribers(self, conversation_id: str) -> bool:
        """True while the conversation has a subscriber."""
        return conversation_id in self._subscribers

    def conversations(self) -> Iterator[Conversation]:
        """Every conversation with a subscriber, as known last."""
        return iter(list(self._conversations.values()))

    def agent_of(self, conversation_id: str) -> Agent | None:
        """The agent who owns the conversation; `None` also when it has no subscriber."""
        conversation = self._conversations.get(conversation_id)
        return conversation.agent if conversation else None

    def _subscribers_of(self, conversation_id: str) -> tuple[Subscriber, ...]:
        return tuple(self._subscribers.get(conversation_id, ()))
