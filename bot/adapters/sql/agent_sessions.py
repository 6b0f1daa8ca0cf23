"""How agents sign in: passwords with a lock against guessing, and sessions. Only hashes of tokens are stored."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.engine import Connection, Engine

from bot.adapters.passwords import Passwords
from bot.adapters.sql.agents import account_of, as_login
from bot.adapters.sql.engine import now_in_milliseconds, snapshot, transaction
from bot.adapters.sql.tables import agent_sessions as sessions
from bot.adapters.sql.tables import agents
from bot.ports import AgentAccount

# Wrong passwords in a row, and how long nobody is let in after them.
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
MOST_UNKNOWN = 10_000
LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
# When somebody was seen is written no more often than this.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class AgentSession:
    """Somebody who has signed in. `csrf` goes with every form; `id` is the hash of the token, which a browser has."""

    id: str
    account: AgentAccount
    csrf: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Attempt:
    """What came of a sign-in: the agent, or nobody; `locked_until` when even the right password does not help."""

    account: AgentAccount | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True)
class _Failures:
    failures: int = 0
    locked_until: datetime | None = None

    def one_more(self, now: datetime) -> _Failures:
        """After a lock the count begins anew."""
        number = 1 if self.locked_until else self.failures + 1
        return _Failures(number, now + LOCKED_FOR if number >= MOST_FAILURES else None)


class SqlAgentSessions:
    """Signs agents in and out. Every method raises `StoreUnavailable`; `attempt` is slow on purpose."""

    def __init__(
        self, engine: Engine, passwords: Passwords | None = None, now: Callable[[], datetime] = now_in_milliseconds
    ) -> None:
        self._engine = engine
        self._passwords = passwords or Passwords()
        self._now = now
        # Of logins that nobody has; those of accounts are in their rows.
        self._unknown: OrderedDict[str, _Failures] = OrderedDict()

    def attempt(self, login: str, password: str) -> Attempt:
        """Try a password. An unknown login takes as long as a known one, is told nothing else, and gets locked, too.
        The failure is counted before the password is checked, so that many tries at once are many."""
        now = self._now()
        with transaction(self._engine) as connection:
            query = select(agents).where(agents.c.login == as_login(login), agents.c.is_active).with_for_update()
            row = connection.execute(query).mappings().first()
            before = self._unknown.get(as_login(login), _Failures()) if row is None else _Failures(
                row["failures"], row["locked_until"])
            if before.locked_until is not None and before.locked_until > now:
                return Attempt(locked_until=before.locked_until)
            after = before.one_more(now)
            if row is not None:
                self._set(connection, row["id"], **vars(after))
        is_right = self._passwords.check(password, row["password_hash"] if row is not None else None)
        if row is None:
            self._remember(as_login(login), after)
        if row is None or not is_right:
            return Attempt(locked_until=after.locked_until)
        is_dated = self._passwords.is_dated(row["password_hash"])
        anew = {"password_hash": self._passwords.hash(password)} if is_dated else {}
        with transaction(self._engine) as connection:
            self._set(connection, row["id"], **vars(_Failures()), **anew)
        return Attempt(account_of(row))

    def bind(self, login: str, subject: str, role: str | None = None) -> AgentAccount | None:
        """The active agent whom an identity provider knows as `subject`; at the first time by the login, which must
        belong to no other subject. `None`: nobody. `role` becomes theirs, where the provider decides it."""
        with transaction(self._engine) as connection:
            by_subject = select(agents).where(agents.c.oidc_subject == subject)
            row = connection.execute(by_subject).mappings().first()
            if row is None:
                free = and_(agents.c.login == as_login(login), agents.c.oidc_subject.is_(None), agents.c.is_active)
                row = connection.execute(select(agents).where(free).with_for_update()).mappings().first()
                if row is not None:
                    self._set(connection, row["id"], oidc_subject=subject)
            if row is None or not row["is_active"]:
                return None
            if role is not None:
                self._set(connection, row["id"], role=role)
        account = account_of(row)
        return replace(account, role=role) if role else account

    def open(self, account: AgentAccount) -> AgentSession:
        """A new session; its `token` is told here and never again."""
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), self._now()
        new = {"token_hash": hash_of(token), "agent": account.id, "csrf": csrf, "created_at": now, "seen_at": now}
        with transaction(self._engine) as connection:
            connection.execute(delete(sessions).where(self._is_over(now)))
            connection.execute(insert(sessions).values(new))
        return AgentSession(hash_of(token), account, csrf, token)

    def find(self, token: str) -> AgentSession | None:
        """The session that `token` opens; `None` when it is over, or its agent is no more."""
        return self.still(hash_of(token))

    def still(self, session: str) -> AgentSession | None:
        """The session of this `id` as it is now, which keeps it alive; `None` when it is over."""
        now = self._now()
        query = (
            select(agents, sessions.c.csrf, sessions.c.seen_at.label("used_at"))
            .join(sessions, sessions.c.agent == agents.c.id)
            .where(sessions.c.token_hash == session, agents.c.is_active, ~self._is_over(now))
        )
        with snapshot(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        if row["used_at"] <= now - SEEN_EVERY:
            with transaction(self._engine) as connection:
                connection.execute(update(sessions).where(sessions.c.token_hash == session).values(seen_at=now))
        return AgentSession(session, account_of(row), row["csrf"])

    def close(self, session: str) -> None:
        """Sign out."""
        with transaction(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == session))

    def _remember(self, login: str, failures: _Failures) -> None:
        self._unknown.pop(login, None)
        self._unknown[login] = failures
        if len(self._unknown) > MOST_UNKNOWN:
            self._unknown.popitem(last=False)

    @staticmethod
    def _is_over(now: datetime) -> Any:
        return or_(sessions.c.created_at <= now - LIFETIME, sessions.c.seen_at <= now - IDLE)

    @staticmethod
    def _set(connection: Connection, agent: str, **values: object) -> None:
        connection.execute(update(agents).where(agents.c.id == agent).values(values))


def hash_of(token: str) -> str:
    """What is stored of a token: it has 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
