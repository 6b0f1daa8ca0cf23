"""The log of conversations in SQL. `bot.core.conversation_reducer` decides what a change does; here it is read, locked
and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.adapters.sql.case_projection import project_cases
from bot.adapters.sql.engine import in_milliseconds, in_turn, now_in_milliseconds, snapshot, transaction
from bot.adapters.sql.feedback import remember
from bot.adapters.sql.tables import conversation_keys as keys
from bot.adapters.sql.tables import conversations, entries
from bot.core.conversation import Agent, Author, Change, Changed, Conversation, Entry, Kind, Status
from bot.core.conversation_reducer import apply, first_wake
from bot.core.customer import Customer, Identity
from bot.core.errors import NoConversation
from bot.ports import Conversations

# What clients sent: by conversation, then by `client_id`.
Known = dict[str, dict[str, Entry]]

# Made once: to build a statement and to find its compiled form anew costs more than SQLite takes to run it.
_GET = select(conversations).where(conversations.c.id == bindparam("this"))
_FIND = select(conversations).where(
    conversations.c.id == select(keys.c.conversation).where(keys.c.key_hash == bindparam("key_hash")).scalar_subquery()
)
_LATEST = (
    select(conversations)
    .where(conversations.c.subject == bindparam("subject"), conversations.c.status != Status.CLOSED.value)
    .order_by(conversations.c.created_at.desc()).limit(1)
)
# In the order of their ids, so that no two writers wait in a circle.
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
    """`Conversations` in SQL. Times are kept in milliseconds."""

    def __init__(
        self, engine: Engine, queue_patience: timedelta, now: Callable[[], datetime] = now_in_milliseconds
    ) -> None:
        self._engine = engine
        self._queue_patience = queue_patience
        self._clock = now

    def create(self, conversation: Conversation, key_hash: str) -> Conversation:
        """See `Conversations`; `wakes_at` is set here."""
        with transaction(self._engine) as connection:
            return self._create(connection, conversation, key_hash)

    def join_or_create(self, conversation: Conversation, key_hash: str) -> Conversation:
        """See `Conversations`. SQLite's writers are alone anyway; PostgreSQL's are, for one customer."""
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
        """See `Conversations`; `NoConversation` for a key of another conversation, too."""
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
        """See `Conversations`; `NoConversation` before anything is written."""
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
                changed = project_cases(
                    connection, conversation, change, apply(conversation, change, sent, now, self._queue_patience), now
                )
                after[change.conversation_id] = changed.conversation
                sent.update({entry.client_id: entry for entry in changed.entries if entry.client_id})
                results.append(changed)
            _store(
                connection,
                results,
                [conversation for conversation in after.values() if conversation is not before[conversation.id]],
                now,
            )
            remember(connection, list(zip(changes, results, strict=True)), now)
        return results

    def entries(
        self, conversation_id: str, *, after: int = 0, before: int | None = None, limit: int = 500
    ) -> list[Entry]:
        from_the_end = before is not None or after == 0
        bounds = {"before": _NO_END if before is None else before} if from_the_end else {}
        values = {"this": conversation_id, "after": after, "most": limit, **bounds}
        with snapshot(self._engine) as connection:
            rows = connection.execute(_NEWEST if from_the_end else _AFTER, values).mappings()
            found = [_entry(row) for row in rows]
        return found[::-1] if from_the_end else found

    def unanswered(self) -> list[str]:
        query = select(conversations.c.id).where(conversations.c.asked > conversations.c.answered)
        with snapshot(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def due(self, now: datetime) -> list[Conversation]:
        """See `Conversations`; the longest due first."""
        query = select(conversations).where(conversations.c.wakes_at <= now).order_by(conversations.c.wakes_at)
        with snapshot(self._engine) as connection:
            return [_conversation(row) for row in connection.execute(query).mappings()]

    def _first(self, query: Any, **values: Any) -> Conversation | None:
        with snapshot(self._engine) as connection:
            row = connection.execute(query, values).mappings().first()
        return None if row is None else _conversation(row)

    def _now(self) -> datetime:
        return in_milliseconds(self._clock())


def _lock(connection: Connection, ids: list[str]) -> dict[str, Conversation]:
    """The conversations, nobody else's until the end."""
    found = {row["id"]: _conversation(row) for row in connection.execute(_LOCK, {"these": ids}).mappings()}
    if missing := set(ids) - set(found):
        raise NoConversation(*sorted(missing))
    return found


def _known(connection: Connection, changes: Iterable[Change]) -> Known:
    """The entries that have a `client_id` of these changes."""
    sent = {(change.conversation_id, e.client_id) for change in changes for e in change.entries if e.client_id}
    known: Known = {}
    if sent:
        values = {
            "these": sorted({conversation_id for conversation_id, _ in sent}),
            "sent": sorted({id_ for _, id_ in sent}),
        }
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
        for entry in changed.entries
    ]
    if rows:
        connection.execute(_APPEND, rows)
    different = [{**_row(conversation), "updated_at": now, "this": conversation.id} for conversation in conversations]
    if different:
        connection.execute(_UPDATE, different)


def _row(conversation: Conversation) -> dict[str, Any]:
    """What may change of a conversation, and its id."""
    return {
        "id": conversation.id,
        "status": conversation.status.value,
        "lang": conversation.lang,
        "last_seq": conversation.last_seq,
        "asked": conversation.asked,
        "answered": conversation.answered,
        "seen": conversation.read,
        "bot_state": dict(conversation.bot_state),
        "wakes_at": conversation.wakes_at,
        "claims": asdict(conversation.identity) if conversation.identity else None,
        "subject": conversation.identity.subject if conversation.identity else None,
        "agent": asdict(conversation.agent) if conversation.agent else None,
        "context": dict(conversation.context),
    }


def _conversation(row: Any) -> Conversation:
    return Conversation(
        row["id"], Status(row["status"]), row["lang"], _identity(row["claims"]), row["last_seq"], row["asked"],
        row["answered"], row["seen"], row["bot_state"], row["context"], row["wakes_at"],
        Agent(**row["agent"]) if row["agent"] else None,
    )


def _identity(claims: dict[str, Any] | None) -> Identity | None:
    return None if claims is None else Identity(**{**claims, "customer": Customer(**claims["customer"])})


def _entry(row: Any) -> Entry:
    return Entry(row["seq"], row["at"], Author(row["author"]), Kind(row["kind"]), row["body"], row["client_id"])
