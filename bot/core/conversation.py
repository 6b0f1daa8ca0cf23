"""A conversation: an append-only, numbered log of entries, and a status that `advance` alone decides.

`docs/protocol.md` defines the wire format of an entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from bot.core.answer import Bubble
from bot.core.customer import Identity
from bot.core.effects import Effect, OpenCase
from bot.core.errors import KilatError
from bot.core.feedback import FeedbackRecord


class Author(str, Enum):
    """The author of an entry."""

    VISITOR = "visitor"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Kind(str, Enum):
    """The kind of an entry."""

    TEXT = "text"
    FILE = "file"
    TICKET = "ticket"
    RATING = "rating"
    EVENT = "event"


@dataclass(frozen=True)
class NewEntry:
    """An entry that has no number yet."""

    author: Author
    kind: Kind
    body: Mapping[str, Any]  # other wire fields: `text`, `name`, `lang`, `buttons`, `card`, `event`, `file`, `rating`
    client_id: str | None = None  # the idempotency key from the visitor's client, unique in the conversation
    effect: Effect | None = None  # carried out in the transaction that stores the entry, whose text it completes


@dataclass(frozen=True)
class Entry:
    """A stored entry of the log."""

    seq: int  # from 1 in each conversation, without gaps
    at: datetime  # UTC
    author: Author
    kind: Kind
    body: Mapping[str, Any]
    client_id: str | None = None


class Status(str, Enum):
    """The status of a conversation: who owns it."""

    BOT = "bot"
    OFFERED = "offered"
    QUEUED = "queued"
    CONNECTED = "connected"
    TRANSFERRED = "transferred"
    TICKETED = "ticketed"
    CLOSED = "closed"


# The bot answers the visitor.
BOT_LISTENS = frozenset({Status.BOT, Status.OFFERED, Status.QUEUED, Status.TICKETED})
IN_QUEUE = frozenset({Status.QUEUED, Status.TRANSFERRED})  # the visitor waits for an agent
WITH_PEOPLE = IN_QUEUE | {Status.CONNECTED}  # a case is open


class Event(str, Enum):
    """An event that moves a conversation's status."""

    SAY = "say"
    OFFER = "offer"
    QUEUE = "queue"
    LEAVE = "leave"
    ACCEPT = "accept"
    TRANSFER = "transfer"
    RETURN = "return"
    TICKET = "ticket"
    END = "end"
    TIMEOUT = "timeout"


class NotAllowed(KilatError):
    """The status does not allow the event."""


_NEXT: Mapping[Status, Mapping[Event, Status]] = {
    Status.BOT: {
        Event.SAY: Status.BOT, Event.OFFER: Status.OFFERED, Event.QUEUE: Status.QUEUED,
        Event.TICKET: Status.TICKETED, Event.END: Status.CLOSED, Event.TIMEOUT: Status.CLOSED,
    },
    Status.OFFERED: {
        Event.SAY: Status.BOT, Event.OFFER: Status.OFFERED, Event.QUEUE: Status.QUEUED,
        Event.TICKET: Status.TICKETED, Event.END: Status.CLOSED, Event.TIMEOUT: Status.BOT,
    },
    # A ticket or a timeout keeps the place in the queue; after a timeout the visitor is offered the ticket form.
    Status.QUEUED: {
        Event.SAY: Status.QUEUED, Event.OFFER: Status.QUEUED, Event.QUEUE: Status.QUEUED, Event.LEAVE: Status.BOT,
        Event.ACCEPT: Status.CONNECTED, Event.TICKET: Status.QUEUED, Event.END: Status.CLOSED,
        Event.TIMEOUT: Status.QUEUED,
    },
    Status.CONNECTED: {
        Event.SAY: Status.CONNECTED, Event.TRANSFER: Status.TRANSFERRED, Event.RETURN: Status.BOT,
        Event.TICKET: Status.TICKETED, Event.END: Status.CLOSED, Event.TIMEOUT: Status.BOT,
    },
    Status.TRANSFERRED: {
        Event.SAY: Status.TRANSFERRED, Event.QUEUE: Status.QUEUED, Event.ACCEPT: Status.CONNECTED,
        Event.LEAVE: Status.BOT, Event.TICKET: Status.TICKETED, Event.END: Status.CLOSED, Event.TIMEOUT: Status.QUEUED,
    },
    Status.TICKETED: {
        Event.SAY: Status.BOT, Event.OFFER: Status.OFFERED, Event.QUEUE: Status.QUEUED,
        Event.TICKET: Status.TICKETED, Event.END: Status.CLOSED, Event.TIMEOUT: Status.CLOSED,
    },
    Status.CLOSED: {},
}


def advance(status: Status, event: Event) -> Status:
    """The status after `event`. Raises `NotAllowed` when `status` does not allow `event`."""
    try:
        return _NEXT[status][event]
    except KeyError:
        raise NotAllowed(f"{event.value} can't happen in {status.value}") from None


def transitions() -> tuple[tuple[Status, Event, Status], ...]:
    """Every step that a conversation's status can take: (before, event, after)."""
    return tuple((before, event, after) for before, steps in _NEXT.items() for event, after in steps.items())


def status_timeout(status: Status, queue_patience: timedelta) -> timedelta | None:
    """How long a conversation may stay idle in `status` before `Event.TIMEOUT`; `None`: the conversation is closed."""
    return {
        Status.BOT: timedelta(days=30),
        Status.OFFERED: timedelta(minutes=30),
        Status.QUEUED: queue_patience,
        Status.CONNECTED: timedelta(minutes=30),
        Status.TRANSFERRED: timedelta(minutes=2),
        Status.TICKETED: timedelta(days=30),
    }.get(status)


def event_of(bubbles: Iterable[Bubble]) -> Event | None:
    """The event that a bot's reply causes: that of its effect, else `OFFER` for a button that asks for an agent."""
    bubbles = tuple(bubbles)
    for bubble in bubbles:
        if bubble.effect:
            return Event.QUEUE if isinstance(bubble.effect, OpenCase) else Event.TICKET
    offered = any(button.payload == "/talk_to_human" for bubble in bubbles for button in bubble.buttons)
    return Event.OFFER if offered else None


@dataclass(frozen=True)
class Agent:
    """A human agent."""

    id: str
    name: str  # the name that visitors see


@dataclass(frozen=True)
class Note:
    """A note on a conversation that only agents read."""

    kind: str  # `note`, or what happened: `taken`, `transferred`, `returned`, `closed`, `warned`, `late`, …
    body: Mapping[str, Any] = field(default_factory=dict)
    agent: str | None = None
    client_id: str | None = None  # the idempotency key, as of an entry


@dataclass(frozen=True)
class Destination:
    """Where an agent transfers a case."""

    tier: int | None = None  # the tier of the queue; `None`: unchanged
    agent: str | None = None  # the agent for whom the case is reserved


@dataclass(frozen=True)
class Conversation:
    """A conversation without its entries."""

    id: str
    status: Status
    lang: str
    identity: Identity | None
    last_seq: int = 0
    asked: int = 0  # seq of the newest entry that waits for the bot; 0 while a human agent owns the conversation
    answered: int = 0  # the visitor's entries up to this seq are answered, by the bot or a human agent
    read: int = 0  # seq of the last entry that the visitor has seen
    bot_state: Mapping[str, Any] = field(default_factory=dict)  # slots (`bot.services.dialogue.state`)
    context: Mapping[str, Any] = field(default_factory=dict)  # the visitor's page: `url`, `title`, `timezone`
    wakes_at: datetime | None = None  # when the status times out (UTC)
    agent: Agent | None = None  # the owner while `CONNECTED`


@dataclass(frozen=True)
class Change:
    """One atomic change of a conversation; `None`: the field stays. `bot.core.conversation_reducer.apply` lists the
    changes that are ignored."""

    conversation_id: str
    entries: tuple[NewEntry, ...] = ()  # to append
    event: Event | None = None  # moves the status; without `by`, an event that the status does not allow is dropped
    answers: int | None = None  # the new `answered` (seq)
    bot_state: Mapping[str, Any] | None = None
    lang: str | None = None
    identity: Identity | None = None  # another subject than the stored one is dropped
    read: int | None = None
    context: Mapping[str, Any] | None = None
    by: Agent | None = None  # the agent who makes the change
    to: Destination = Destination()  # of `TRANSFER`; without an event, `to.tier` moves a waiting case
    outcome: str | None = None  # how the case ended, where `event` does not say
    notes: tuple[Note, ...] = ()
    feedback: FeedbackRecord | None = None  # with `answers`: how the bot understood the message

    @property
    def has_effects(self) -> bool:
        """True when storing an entry opens a case or a ticket."""
        return any(entry.effect for entry in self.entries)


@dataclass(frozen=True)
class Changed:
    """The result of a `Change`."""

    conversation: Conversation  # after the change
    entries: tuple[Entry, ...]  # as stored; the earlier ones where a `client_id` is known already
    is_new: bool  # False: the change was ignored, or altered nothing
    notes: tuple[Note, ...] = ()  # as stored
