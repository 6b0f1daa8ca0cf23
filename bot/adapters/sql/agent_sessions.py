"""Agents' sign-in by password or identity provider, and their sessions. Only hashes of tokens are stored.

`login_attempts` counts the attempts; the audit log records what happens.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql import Select

from bot.adapters.password_hashing import Passwords
from bot.adapters.sql.agents import account_of
from bot.adapters.sql.audit import write
from bot.adapters.sql.engine import execute, fetch, fetch_first, now_in_milliseconds, transaction
from bot.adapters.sql.login_attempts import NOWHERE, AttemptKind, LoginAttempt, Source, SqlLoginAttempts
from bot.adapters.sql.tables import agent_sessions as sessions
from bot.adapters.sql.tables import agents
from bot.core.logins import as_login
from bot.ports import Action, AgentAccount, AuditEvent
from bot.ports.audit import SYSTEM, UNKNOWN

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
# The least time between two updates of a session's `seen_at`.
SEEN_EVERY = timedelta(minutes=1)
PASSWORD, OIDC = "password", "oidc"


@dataclass(frozen=True)
class AgentSession:
    """The session of an agent who has signed in."""

    id: str  # the hash of the token
    account: AgentAccount
    csrf: str = field(repr=False)  # the token in every form
    token: str = field(default="", repr=False)  # only in the result of `open`
    device: str = field(default="", repr=False)  # the browser's token for later sign-ins; only in the result of `open`
    via: str = PASSWORD  # or `OIDC`


@dataclass(frozen=True)
class OpenSession:
    """A session as its agent sees it in a list."""

    id: str
    via: str
    address: str
    browser: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Attempt:
    """The result of a password attempt."""

    account: AgentAccount | None = None  # `None`: refused
    locked_until: datetime | None = None  # until then, even the right password is refused


class SqlAgentSessions:
    """Signs agents in and out. Every method raises `StoreUnavailable`. `attempt` and `confirm` are slow: they hash."""

    def __init__(
        self, engine: Engine, passwords: Passwords | None = None, now: Callable[[], datetime] = now_in_milliseconds
    ) -> None:
        self._engine = engine
        self._passwords = passwords or Passwords()
        self._now = now
        self.tries = SqlLoginAttempts(engine, now)

    def attempt(self, login: str, password: str, source: Source = NOWHERE) -> Attempt:
        """Try a password. An unknown login takes the same time, gets the same answers and is locked alike."""
        return self._try(AttemptKind.PASSWORD, login, password, source, source.address)

    def confirm(self, session: AgentSession, password: str, address: str = "") -> Attempt:
        """Ask a signed-in agent for the password again, before an action that a stolen session must not do."""
        return self._try(AttemptKind.CONFIRMATION, session.account.login, password, Source(session.id), address)

    def _try(self, kind: AttemptKind, typed: str, password: str, source: Source, address: str) -> Attempt:
        login = as_login(typed)
        begun = self.tries.begin(kind, login or typed, source)
        if begun.locked_until is not None:
            return Attempt(locked_until=begun.locked_until)
        query = select(agents).where(agents.c.login == login, agents.c.is_active)
        row = fetch_first(self._engine, query)
        is_right = self._passwords.check(password, row["password_hash"] if row is not None else None)
        if row is None or not is_right:
            self.failed(row["login"] if row is not None else UNKNOWN, begun, address, step=kind.value[0])
            return Attempt(locked_until=begun.locks_until)
        self.tries.forgive(begun)
        if self._passwords.is_dated(row["password_hash"]):
            anew = {"password_hash": self._passwords.hash(password)}
            with transaction(self._engine) as connection:
                self._set(connection, row["id"], **anew)
        return Attempt(account_of(row))

    def failed(self, login: str, begun: LoginAttempt, address: str, **details: str) -> None:
        """Record a wrong attempt for `login`, and the lock that it caused. Callers pass `UNKNOWN` for unknown logins:
        the text may be a password in the wrong field."""
        now = self._now()
        with transaction(self._engine) as connection:
            write(connection, AuditEvent(Action.SIGN_IN_FAILED, login, login, address, details), now)
            if begun.locks_until is not None:
                until = {"until": begun.locks_until.isoformat(timespec="seconds")}
                write(connection, AuditEvent(Action.LOCKED, SYSTEM, login, address, {**details, **until}), now)
        self.tries.forget()

    def bind(self, login: str, subject: str, role: str | None = None, address: str = "") -> AgentAccount | None:
        """The active agent with the identity provider's `subject`; `None`: there is none. At the first sign-in, the
        agent is found by `login` and bound to `subject`. Sets `role`, if the provider decides it."""
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
            if role is not None and role != row["role"]:
                self._set(connection, row["id"], role=role)
                connection.execute(delete(sessions).where(sessions.c.agent == row["id"]))
                details = {"from": row["role"], "to": role, "via": OIDC}
                write(connection, AuditEvent(Action.ROLE_CHANGED, SYSTEM, row["login"], address, details), self._now())
        account = account_of(row)
        return replace(account, role=role) if role else account

    def refused(self, login: str, address: str) -> None:
        """Record that a sign-in by the identity provider was refused, by the provider or by Kilat."""
        with transaction(self._engine) as connection:
            known = connection.execute(select(agents.c.login).where(agents.c.login == as_login(login))).scalar()
            event = AuditEvent(Action.SIGN_IN_FAILED, known or UNKNOWN, known or UNKNOWN, address, {"via": OIDC})
            write(connection, event, self._now())

    def open(
        self, account: AgentAccount, source: Source = NOWHERE, browser: str = "", via: str = PASSWORD
    ) -> AgentSession:
        """Start a session. Only this result holds its `token` and its `device`."""
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), self._now()
        new = {
            "token_hash": hash_of(token), "agent": account.id, "csrf": csrf, "created_at": now, "seen_at": now,
            "via": via, "address": source.address, "browser": browser}
        device = self.tries.know(account.login, source)
        with transaction(self._engine) as connection:
            connection.execute(delete(sessions).where(self._is_over(now)))
            connection.execute(insert(sessions).values(new))
            signed_in = AuditEvent(Action.SIGN_IN, account.login, account.login, source.address, {"via": via})
            write(connection, signed_in, now)
        return AgentSession(hash_of(token), account, csrf, token, device, via)

    def find(self, token: str) -> AgentSession | None:
        """The session of `token`; `None` when it is over, or its agent is not active."""
        return self.still(hash_of(token))

    def still(self, session: str) -> AgentSession | None:
        """The session with this id, whose idle time starts anew; `None` when it is over."""
        now = self._now()
        query = (
            select(agents, sessions.c.csrf, sessions.c.via, sessions.c.seen_at.label("used_at"))
            .join(sessions, sessions.c.agent == agents.c.id)
            .where(sessions.c.token_hash == session, agents.c.is_active, ~self._is_over(now)))
        row = fetch_first(self._engine, query)
        if row is None:
            return None
        if row["used_at"] <= now - SEEN_EVERY:
            execute(self._engine, update(sessions).where(sessions.c.token_hash == session).values(seen_at=now))
        return AgentSession(session, account_of(row), row["csrf"], via=row["via"])

    def close(self, session: AgentSession, address: str = "") -> None:
        """End the session."""
        login = session.account.login
        with transaction(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == session.id))
            write(connection, AuditEvent(Action.SIGN_OUT, login, login, address), self._now())

    def of(self, account: AgentAccount) -> list[OpenSession]:
        """The agent's open sessions, the last used first."""
        rows = fetch(self._engine, self._open_ones(account).order_by(sessions.c.seen_at.desc()))
        return [OpenSession(row["token_hash"], row["via"], row["address"], row["browser"], row["created_at"],
                            row["seen_at"]) for row in rows]

    def end_others(self, session: AgentSession, which: str | None = None, address: str = "") -> int:
        """End the agent's other sessions, or only the one with id `which`; returns the number of ended sessions."""
        login = session.account.login
        others = self._open_ones(session.account).where(sessions.c.token_hash != session.id)
        if which is not None:
            others = others.where(sessions.c.token_hash == which)
        with transaction(self._engine) as connection:
            ended = connection.execute(others).mappings().all()
            connection.execute(delete(sessions).where(sessions.c.token_hash.in_([row["token_hash"] for row in ended])))
            for row in ended:
                details = {"address": row["address"]}
                write(connection, AuditEvent(Action.SESSION_ENDED, login, login, address, details), self._now())
        return len(ended)

    def _open_ones(self, account: AgentAccount) -> Select:
        query: Select = select(sessions).where(sessions.c.agent == account.id, ~self._is_over(self._now()))
        return query

    @staticmethod
    def _is_over(now: datetime) -> Any:
        return or_(sessions.c.created_at <= now - LIFETIME, sessions.c.seen_at <= now - IDLE)

    @staticmethod
    def _set(connection: Connection, agent: str, **values: object) -> None:
        connection.execute(update(agents).where(agents.c.id == agent).values(values))


def hash_of(token: str) -> str:
    """The stored form of a token. A plain hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
