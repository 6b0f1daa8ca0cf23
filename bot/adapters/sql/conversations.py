"""Reads, locks and stores the log in SQL. `bot.core.conversation_reducer` decides what a change does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.adapters.sql.case_projection import project_cases
from bot.adapters.sql.effects import SqlEffects
from bot.adapters.sql.engine import fetch, fetch_first, in_milliseconds, in_turn, now_in_milliseconds, transaction
from bot.adapters.sql.feedback import remember
from bot.adapters.sql.tables import conversation_keys as keys
from bot.adapters.sql.tables import conversations, entries
from bot.core.conversation import Agent, Author, Change, Changed, Conversation, Entry, Kind, Status
from bot.core.conversation_reducer import apply, first_wake, is_ignored
from bot.core.customer import Customer, Identity
from bot.core.errors import NoConversation
from bot.ports import Conversations

# Entries that clients sent: by conversation, then by `client_id`.
Known = dict[str, dict[str, Entry]]

# Built once: building a statement and looking up its compiled form costs more than SQLite needs to run it.
_GET = select(conversations).where(conversations.c.id == bindparam("this"))
_FIND = select(conversations).where(
    conversations.c.id == select(keys.c.conversation).where(keys.c.key_hash == bindparam("key_hash")).scalar_subquery()
)
_LATEST = (
    select(conversations)
    .where(conversations.c.subject == bindparam("subject"), conversations.c.status != Status.CLOSED.value)
    .order_by(conversations.c.created_at.desc()).limit(1)
)
# Locks rows in the order of their ids, so that no two writers deadlock.
_LOCK = (
    select(conversations).where(conversations.c.id.in_(bindparam("these", expanding=True)))
    .order_by(conversations.c.id).with_for_update()
)
_KNOWN = select(entries).where(
    entries.c.conversation.in_(bindparam("these", expanding=True)),
    entries.c.client_id.in_(bindparam("sent", expanding=True)),
)
_ENTRIES = select(entries).where(entries.c.conversation == bindparam("this")).limit(bindparam("most"))
_AFTER = _ENTRIES.where(entries.c.seq > bindparam("after")).order_by(entries.c.seq)
_NEWEST = _ENTRIES.where(entries.c.seq < bindparam("before"), entries.c.seq > bindparam("after")).order_by(
    entries.c.seq.desc())
_APPEND = insert(entries)
_UPDATE = update(conversations).where(conversations.c.id == bindparam("this"))
_NO_END = 2**31 - 1


class SqlConversations(Conversations):
    """`Conversations` in SQL. Times are kept in milliseconds. Without `effects` no entry may have one."""

    def __init__(
        self, engine: Engine, queue_patience: timedelta, now: Callable[[], datetime] = now_in_milliseconds,
        effects: SqlEffects | None = None,
    ) -> None:
        self._engine = engine
        self._queue_patience = queue_patience
        self._clock = now
        self._effects = effects

    def create(self, conversation: Conversation, key_hash: str) -> Conversation:
        """See `Conversations`; `wakes_at` is set here."""
        with transaction(self._engine) as connection:
            return self._create(connection, conversation, key_hash)

    def join_or_create(self, conversation: Conversation, key_hash: str) -> Conversation:
        """See `Conversations`. SQLite has one writer at a time; in PostgreSQL, writers for one customer take turns."""
        if conversation.identity is None:
            return self.create(conversation, key_hash)
        with transaction(self._engine) as connection:
            in_turn(connection, conversation.identity.subject)
            found = connection.execute(_LATEST, {"subject": conversation.identity.subject}).mappings().first()
            if found is None:
                return self._create(connection, conversation, key_hash)
            connection.execute(insert(keys).values(key_hash=key_hash, conversation=found["id"]))
            return _conversation(found)

    def _create(self, connection: Connection, conversation: Conversation, key_hash: str) -> Conversation:
        now = self._now()
        row = {**_row(conversation), "created_at": now, "updated_at": now}
        row["wakes_at"] = first_wake(conversation.status, now, self._queue_patience)
        connection.execute(insert(conversations).values(row))
        connection.execute(insert(keys).values(key_hash=key_hash, conversation=conversation.id))
        return _conversation(row)

    def add_key(self, conversation_id: str, key_hash: str) -> None:
        """See `Conversations`; raises `NoConversation` for a key of another conversation, too."""
        try:
            with transaction(self._engine) as connection:
                if connection.execute(select(conversations.c.id).where(conversations.c.id == conversation_id)).first():
                    connection.execute(insert(keys).values(key_hash=key_hash, conversation=conversation_id))
                    return
        except IntegrityError:
            known = self.find(key_hash)
            if known is not None and known.id == conversation_id:
                return
        raise NoConversation(conversation_id)

    def find(self, key_hash: str) -> Conversation | None:
        return self._first(_FIND, key_hash=key_hash)

    def get(self, conversation_id: str) -> Conversation | None:
        return self._first(_GET, this=conversation_id)

    def latest_of(self, subject: str) -> Conversation | None:
        return self._first(_LATEST, subject=subject)

    def write(self, changes: Sequence[Change]) -> list[Changed]:
        """See `Conversations`; raises `NoConversation` before anything is written."""
        if not changes:
            return []
        results = []
        with transaction(self._engine) as connection:
            before = _lock(connection, sorted({change.conversation_id for change in changes}))
            known = _known(connection, changes)
            now = self._now()
            after = dict(before)
            for change in changes:
                sent = known.setdefault(change.conversation_id, {})
                conversation = after[change.conversation_id]
                if change.has_effects and not is_ignored(conversation, change, sent, now):
                    assert self._effects is not None, "only a store with `effects` takes entries that have one"
                    change = self._effects.apply(connection, change)
                changed = apply(conversation, change, sent, now, self._queue_patience)
                changed = project_cases(connection, conversation, change, changed, now)
                after[change.conversation_id] = changed.conversation
                sent.update({entry.client_id: entry for entry in changed.entries if entry.client_id})
                results.append(changed)
            _store(connection, results, [one for one in after.values() if one is not before[one.id]], now)
            remember(connection, list(zip(changes, results, strict=True)), now)
        return results

    def entries(
        self, conversation_id: str, *, after: int = 0, before: int | None = None, limit: int = 500
    ) -> list[Entry]:
        from_the_end = before is not None or after == 0
        bounds = {"before": _NO_END if before is None else before} if from_the_end else {}
        values = {"this": conversation_id, "after": after, "most": limit, **bounds}
        found = [_entry(row) for row in fetch(self._engine, _NEWEST if from_the_end else _AFTER, **values)]
        return found[::-1] if from_the_end else found

    def unanswered(self) -> list[str]:
        query = select(conversations.c.id).where(conversations.c.asked > conversations.c.answered)
        return [row["id"] for row in fetch(self._engine, query)]

    def due(self, now: datetime) -> list[Conversation]:
        """See `Conversations`; the longest due first."""
        query = select(conversations).where(conversations.c.wakes_at <= now).order_by(conversations.c.wakes_at)
        return [_conversation(row) for row in fetch(self._engine, query)]

    def _first(self, query: Any, **values: Any) -> Conversation | None:
        row = fetch_first(self._engine, query, **values)
        return None if row is None else _conversation(row)

    def _now(self) -> datetime:
        return in_milliseconds(self._clock())


def _lock(connection: Connection, ids: list[str]) -> dict[str, Conversation]:
    """The conversations, locked until the end of the transaction. Raises `NoConversation` when one is missing."""
    found = {row["id"]: _conversation(row) for row in connection.execute(_LOCK, {"these": ids}).mappings()}
    if missing := set(ids) - set(found):
        raise NoConversation(*sorted(missing))
    return found


def _known(connection: Connection, changes: Iterable[Change]) -> Known:
    """The stored entries with a `client_id` of these changes."""
    sent = {(change.conversation_id, e.client_id) for change in changes for e in change.entries if e.client_id}
    known: Known = {}
    if sent:
        conversation_ids, client_ids = ({*ids} for ids in zip(*sent, strict=True))
        values = {"these": sorted(conversation_ids), "sent": sorted(client_ids)}
        for row in connection.execute(_KNOWN, values).mappings():
            known.setdefault(row["conversation"], {})[row["client_id"]] = _entry(row)
    return known


def _store(
    connection: Connection, results: Iterable[Changed], conversations: Iterable[Conversation], now: datetime
) -> None:
    rows = [
        {**vars(entry), "author": entry.author.value, "kind": entry.kind.value, "body": dict(entry.body),
         "conversation": changed.conversation.id}
        for changed in results if changed.is_new
        for entry in changed.entries]
    if rows:
        connection.execute(_APPEND, rows)
    different = [{**_row(conversation), "updated_at": now, "this": conversation.id} for conversation in conversations]
    if different:
        connection.execute(_UPDATE, different)


def _row(conversation: Conversation) -> dict[str, Any]:
    """The id of a conversation, and its columns that may change."""
    identity, agent = conversation.identity, conversation.agent
    return {
        "id": conversation.id, "status": conversation.status.value, "lang": conversation.lang,
        "last_seq": conversation.last_seq, "asked": conversation.asked, "answered": conversation.answered,
        "seen": conversation.read, "bot_state": dict(conversation.bot_state), "wakes_at": conversation.wakes_at,
        "claims": asdict(identity) if identity else None, "subject": identity.subject if identity else None,
        "agent": asdict(agent) if agent else None, "context": dict(conversation.context)}


def _conversation(row: Any) -> Conversation:
    return Conversation(
        row["id"], Status(row["status"]), row["lang"], _identity(row["claims"]), row["last_seq"], row["asked"],
        row["answered"], row["seen"], row["bot_state"], row["context"], row["wakes_at"],
        Agent(**row["agent"]) if row["agent"] else None)


def _identity(claims: dict[str, Any] | None) -> Identity | None:
    return None if claims is None else Identity(**{**claims, "customer": Customer(**claims["customer"])})


def _entry(row: Any) -> Entry:
    return Entry(row["seq"], row["at"], Author(row["author"]), Kind(row["kind"]), row["body"], row["client_id"])
