"""A conversation as the gateway keeps it: a numbered log of entries, and a status that one function decides.

Nothing in a log changes. `docs/protocol.md` says what an entry looks like on the wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from bot.core.answer import Bubble
from bot.core.customer import Identity
from bot.core.errors import KilatError
from bot.core.feedback import FeedbackRecord


class Author(str, Enum):
    """Who speaks."""

    VISITOR = "visitor"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Kind(str, Enum):
    """What an entry is."""

    TEXT = "text"
    FILE = "file"
    TICKET = "ticket"
    RATING = "rating"
    EVENT = "event"


@dataclass(frozen=True)
class NewEntry:
    """An entry before it has its number. `client_id` (what a visitor's client sends) is unique in a conversation;
    `body` holds the rest of the wire's fields: `text`, `name`, `lang`, `buttons`, `card`, `event`, `file`, `rating`."""

    author: Author
    kind: Kind
    body: Mapping[str, Any]
    client_id: str | None = None


@dataclass(frozen=True)
class Entry:
    """An entry of the log. `seq` counts from 1 in its conversation, without a gap; `at` is UTC."""

    seq: int
    at: datetime
    author: Author
    kind: Kind
    body: Mapping[str, Any]
    client_id: str | None = None


class Status(str, Enum):
    """Who has the conversation."""

    BOT = "bot"
    OFFERED = "offered"
    QUEUED = "queued"
    CONNECTED = "connected"
    TRANSFERRED = "transferred"
    TICKETED = "ticketed"
    CLOSED = "closed"


# While the status is one of these: the bot answers what the visitor says, the visitor waits for an agent, people have
# the conversation.
BOT_LISTENS = frozenset({Status.BOT, Status.OFFERED, Status.QUEUED, Status.TICKETED})
IN_QUEUE = frozenset({Status.QUEUED, Status.TRANSFERRED})
WITH_PEOPLE = IN_QUEUE | {Status.CONNECTED}


class Event(str, Enum):
    """What may happen to a conversation."""

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
    """This event can't happen in this status."""


_NEXT: Mapping[Status, Mapping[Event, Status]] = {
    Status.BOT: {
        Event.SAY: Status.BOT, Event.OFFER: Status.OFFERED, Event.QUEUE: Status.QUEUED,
        Event.TICKET: Status.TICKETED, Event.END: Status.CLOSED, Event.TIMEOUT: Status.CLOSED,
    },
    Status.OFFERED: {
        Event.SAY: Status.BOT, Event.OFFER: Status.OFFERED, Event.QUEUE: Status.QUEUED,
        Event.TICKET: Status.TICKETED, Event.END: Status.CLOSED, Event.TIMEOUT: Status.BOT,
    },
    # A ticket from the queue keeps the place, and so does a long wait: the visitor is offered the form and may leave.
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
    """The status after `event`; `NotAllowed` when it can't happen in `status`. Nothing else decides a status."""
    try:
        return _NEXT[status][event]
    except KeyError:
        raise NotAllowed(f"{event.value} can't happen in {status.value}") from None


def status_timeout(status: Status, queue_patience: timedelta) -> timedelta | None:
    """How long a conversation may rest in `status` before the event `TIMEOUT`; `None` when it is over."""
    return {
        Status.BOT: timedelta(days=30),
        Status.OFFERED: timedelta(minutes=30),
        Status.QUEUED: queue_patience,
        Status.CONNECTED: timedelta(minutes=30),
        Status.TRANSFERRED: timedelta(minutes=2),
        Status.TICKETED: timedelta(days=30),
    }.get(status)


def outcome(bubbles: Iterable[Bubble]) -> Event | None:
    """What a reply of the bot did to its conversation: a place in the queue, a ticket, an offer of a human."""
    seen = {bubble.card["type"] for bubble in bubbles if bubble.card}
    if "queue" in seen:
        return Event.QUEUE
    if "ticket" in seen:
        return Event.TICKET
    offered = any(button.payload == "/talk_to_human" for bubble in bubbles for button in bubble.buttons)
    return Event.OFFER if offered else None


@dataclass(frozen=True)
class Agent:
    """A human who answers: the id, and the name that visitors see."""

    id: str
    name: str


@dataclass(frozen=True)
class Note:
    """Something about a conversation that agents read and its visitor never does: `kind` is `note`, or what happened
    (`taken`, `transferred`, `returned`, `ticketed`, `closed`, `warned`, `late`, `escalated`, …). `client_id` as of an
    entry: a note that is known already is not stored again."""

    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)
    agent: str | None = None
    client_id: str | None = None


@dataclass(frozen=True)
class Destination:
    """Where an agent sends a case: a tier's queue (`None`: the same), perhaps kept for one agent."""

    tier: int | None = None
    agent: str | None = None


@dataclass(frozen=True)
class Conversation:
    """A conversation without its entries.

    `asked` is the seq of the newest text that waits for the bot (0 while a human has the word), `answered` the seq
    up to which the visitor's entries are dealt with (by the bot, or by whoever has the word instead of it), `read`
    the seq that the visitor has seen, `bot_state` what the bot remembers (`bot.services.dialogue.state`, as slots),
    `context` where the visitor is (`url`, `title`, `timezone`: of the page that was told last), `wakes_at` when the
    status times out (UTC), `agent` who has it while it is connected.
    """

    id: str
    status: Status
    lang: str
    identity: Identity | None
    last_seq: int = 0
    asked: int = 0
    answered: int = 0
    read: int = 0
    bot_state: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    wakes_at: datetime | None = None
    agent: Agent | None = None


@dataclass(frozen=True)
class Change:
    """One step of a conversation, all of it or nothing: entries to append, and what else becomes different (`None`: as
    it is). `answers` moves `answered` on; a step that answers what was answered already does nothing at all.
    `event` moves the status on; where the stored status does not allow it, it stays. An `identity` of another subject
    than the stored one's changes nothing. A step with `TIMEOUT` before the
    stored `wakes_at` does nothing at all either. `bot.core.conversation_reducer` does the steps.

    `by` is the agent who does it: of somebody who does not have the conversation (and does not `ACCEPT` it), or with an
    event that can't happen, it does nothing at all. `to` goes with `TRANSFER`; without an event, its tier moves a case
    that waits. `outcome` says how a case ended, where the event alone does not. `heard` goes with `answers`: what the
    bot made of that message."""

    conversation_id: str
    entries: tuple[NewEntry, ...] = ()
    event: Event | None = None
    answers: int | None = None
    bot_state: Mapping[str, Any] | None = None
    lang: str | None = None
    identity: Identity | None = None
    read: int | None = None
    context: Mapping[str, Any] | None = None
    by: Agent | None = None
    to: Destination = Destination()
    outcome: str | None = None
    notes: tuple[Note, ...] = ()
    feedback: FeedbackRecord | None = None


@dataclass(frozen=True)
class Changed:
    """What came of a `Change`: the entries as stored (those stored before, where a `client_id` is known), whether
    anything is new, the conversation as it is now, and the notes that were stored with it."""

    conversation: Conversation
    entries: tuple[Entry, ...]
    is_new: bool
    notes: tuple[Note, ...] = ()
