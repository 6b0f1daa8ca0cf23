"""Applies a change to a conversation: a pure function, so that all stores agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.conversation import (
    BOT_LISTENS,
    Agent,
    Author,
    Change,
    Changed,
    Conversation,
    Entry,
    Event,
    Kind,
    NewEntry,
    NotAllowed,
    Status,
    advance,
    status_timeout,
)
from bot.core.customer import Identity

# The kinds of entries that the bot answers.
_ASKS = (Kind.TEXT, Kind.TICKET, Kind.FILE)


def apply(
    conversation: Conversation, change: Change, known: Mapping[str, Entry], now: datetime, queue_patience: timedelta
) -> Changed:
    """`conversation` after `change` at `now` (UTC); `known` maps each stored `client_id` to its entry.

    Ignored as a whole: a repeated `client_id`; `answers` up to an answered seq; `TIMEOUT` before `wakes_at`; a change
    by an agent who does not own the conversation (except `ACCEPT`), or whose event is not allowed; a bot's entry
    where the bot does not listen. A customer's conversation never becomes another customer's.
    """
    if is_ignored(conversation, change, known, now):
        return Changed(conversation, tuple(_stored(change, known)), is_new=False)
    entries = tuple(
        Entry(seq, now, new.author, new.kind, new.body, new.client_id)
        for seq, new in enumerate(_once(change.entries), conversation.last_seq + 1)
    )
    last_seq = conversation.last_seq + len(entries)
    status, happened = _status(conversation.status, change.event)
    changed = replace(
        conversation,
        status=status,
        agent=_agent(conversation, change, status, happened),
        lang=change.lang or conversation.lang,
        identity=_owner(conversation.identity, change.identity),
        last_seq=last_seq,
        asked=_asked(conversation.asked, status, entries),
        answered=_answered(conversation.answered, change, status, last_seq),
        # A client may report a seq beyond the log's end.
        read=max(conversation.read, min(change.read or 0, last_seq)),
        bot_state=conversation.bot_state if change.bot_state is None else change.bot_state,
        context=conversation.context if change.context is None else change.context,
    )
    if entries or happened:
        changed = replace(changed, wakes_at=_wakes_at(conversation, status, happened, now, queue_patience))
    return Changed(changed, entries, bool(entries or change.notes) or changed != conversation, change.notes)


def is_ignored(conversation: Conversation, change: Change, known: Mapping[str, Entry], now: datetime) -> bool:
    """True when `apply` ignores `change` as a whole."""
    return bool(_stored(change, known)) or _is_late(conversation, change, now) or _has_no_say(conversation, change)


def first_wake(status: Status, now: datetime, queue_patience: timedelta) -> datetime | None:
    """When a conversation that enters `status` at `now` times out (UTC); `None`: never."""
    wait = status_timeout(status, queue_patience)
    return None if wait is None else now + wait


def _stored(change: Change, known: Mapping[str, Entry]) -> list[Entry]:
    return [known[entry.client_id] for entry in change.entries if entry.client_id and entry.client_id in known]


def _is_late(conversation: Conversation, change: Change, now: datetime) -> bool:
    if change.answers is not None and change.answers <= conversation.answered:
        return True
    return change.event is Event.TIMEOUT and (conversation.wakes_at is None or conversation.wakes_at > now)


def _has_no_say(conversation: Conversation, change: Change) -> bool:
    """True when the author may not make the change: an agent who is not the owner, a bot that does not listen."""
    if change.by is None:
        speaks = any(entry.author is Author.BOT for entry in change.entries)
        return speaks and _status(conversation.status, change.event)[0] not in BOT_LISTENS
    if change.event is not None:
        try:
            advance(conversation.status, change.event)
        except NotAllowed:
            return True
    return change.event is not Event.ACCEPT and (conversation.agent is None or conversation.agent.id != change.by.id)


def _agent(conversation: Conversation, change: Change, status: Status, happened: Event | None) -> Agent | None:
    if status is not Status.CONNECTED:
        return None
    return change.by if happened is Event.ACCEPT else conversation.agent


def _once(entries: Iterable[NewEntry]) -> list[NewEntry]:
    """`entries` without repetitions of a `client_id`; the first of each stays."""
    first: dict[object, NewEntry] = {}
    for number, entry in enumerate(entries):
        first.setdefault(entry.client_id or number, entry)
    return list(first.values())


def _status(status: Status, event: Event | None) -> tuple[Status, Event | None]:
    """The status after `event`, and `event`; `None` instead of an event that `status` does not allow."""
    if event is None:
        return status, None
    try:
        return advance(status, event), event
    except NotAllowed:
        return status, None


def _asked(asked: int, status: Status, entries: Iterable[Entry]) -> int:
    if status not in BOT_LISTENS:
        return 0
    return max((e.seq for e in entries if e.author is Author.VISITOR and e.kind in _ASKS), default=asked)


def _answered(answered: int, change: Change, status: Status, last_seq: int) -> int:
    """The new `answered`. When the bot does not listen, all entries count as answered: a late reply is ignored."""
    answered = change.answers or answered
    return answered if status in BOT_LISTENS else max(answered, last_seq)


def _owner(owner: Identity | None, newer: Identity | None) -> Identity | None:
    return owner if newer is None or (owner is not None and owner.subject != newer.subject) else newer


def _wakes_at(
    conversation: Conversation, status: Status, happened: Event | None, now: datetime, queue_patience: timedelta
) -> datetime | None:
    """The next timeout (UTC). Each change restarts it, except in the queue: there it counts from the entry, once."""
    if conversation.status is Status.QUEUED and status is Status.QUEUED:
        return None if happened is Event.TIMEOUT else conversation.wakes_at
    return first_wake(status, now, queue_patience)
