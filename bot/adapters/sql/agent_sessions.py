"""How agents sign in: passwords, the identity provider's word, and sessions. Only hashes of tokens are stored.

How often somebody may try is counted in `tries`; what happens is recorded in the audit log.
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
from bot.adapters.sql.engine import now_in_milliseconds, snapshot, transaction
from bot.adapters.sql.login_attempts import NOWHERE, AttemptKind, LoginAttempt, Source, SqlLoginAttempts
from bot.adapters.sql.tables import agent_sessions as sessions
from bot.adapters.sql.tables import agents
from bot.core.logins import as_login
from bot.ports import Action, AgentAccount, AuditEvent
from bot.ports.audit import SYSTEM, UNKNOWN

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
# When somebody was seen is written no more often than this.
SEEN_EVERY = timedelta(minutes=1)
PASSWORD, OIDC = "password", "oidc"


@dataclass(frozen=True)
class AgentSession:
    """Somebody who has signed in, `via` a password or the identity provider. `csrf` goes with every form; `id` is the
    hash of the token. `open` alone tells the token, and the `device` by which later sign-ins know the browser."""

    id: str
    account: AgentAccount
    csrf: str = field(repr=False)
    token: str = field(default="", repr=False)
    device: str = field(default="", repr=False)
    via: str = PASSWORD


@dataclass(frozen=True)
class OpenSession:
    """A session as its owner sees it in a list."""

    id: str
    via: str
    address: str
    browser: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Attempt:
    """What came of a try: the agent, or nobody; `locked_until` when even what is right does not help."""

    account: AgentAccount | None = None
    locked_until: datetime | None = None


class SqlAgentSessions:
    """Signs agents in and out. Every method raises `StoreUnavailable`; `attempt` and `confirm` are slow on purpose."""

    def __init__(
        self, engine: Engine, passwords: Passwords | None = None, now: Callable[[], datetime] = now_in_milliseconds
    ) -> None:
        self._engine = engine
        self._passwords = passwords or Passwords()
        self._now = now
        self.tries = SqlLoginAttempts(engine, now)

    def attempt(self, login: str, password: str, source: Source = NOWHERE) -> Attempt:
        """Try a password. An unknown login takes as long as a known one, is told nothing else, and gets locked, too."""
        return self._try(AttemptKind.PASSWORD, login, password, source, source.address)

    def confirm(self, session: AgentSession, password: str, address: str = "") -> Attempt:
        """Try the password of somebody who has signed in, before something that a thief of the session must not do."""
        return self._try(AttemptKind.CONFIRMATION, session.account.login, password, Source(session.id), address)

    def _try(self, kind: AttemptKind, typed: str, password: str, source: Source, address: str) -> Attempt:
        login = as_login(typed)
        begun = self.tries.begin(kind, login or typed, source)
        if begun.locked_until is not None:
            return Attempt(locked_until=begun.locked_until)
        query = select(agents).where(agents.c.login == login, agents.c.is_active)
        with snapshot(self._engine) as connection:
            row = connection.execute(query).mappings().first()
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
        """Record a wrong try of `login`, and the lock that it brought. What nobody's login is stays unrecorded: it may
        be a password in the wrong field."""
        now = self._now()
        with transaction(self._engine) as connection:
            write(connection, AuditEvent(Action.SIGN_IN_FAILED, login, login, address, details), now)
            if begun.locks_until is not None:
                until = {"until": begun.locks_until.isoformat(timespec="seconds")}
                write(connection, AuditEvent(Action.LOCKED, SYSTEM, login, address, {**details, **until}), now)
        self.tries.forget()

    def bind(self, login: str, subject: str, role: str | None = None, address: str = "") -> AgentAccount | None:
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
            if role is not None and role != row["role"]:
                self._set(connection, row["id"], role=role)
                connection.execute(delete(sessions).where(sessions.c.agent == row["id"]))
                details = {"from": row["role"], "to": role, "via": OIDC}
                write(connection, AuditEvent(Action.ROLE_CHANGED, SYSTEM, row["login"], address, details), self._now())
        account = account_of(row)
        return replace(account, role=role) if role else account

    def refused(self, login: str, address: str) -> None:
        """Record that the identity provider, or Kilat in spite of its word, let `login` not in."""
        with transaction(self._engine) as connection:
            known = connection.execute(select(agents.c.login).where(agents.c.login == as_login(login))).scalar()
            event = AuditEvent(Action.SIGN_IN_FAILED, known or UNKNOWN, known or UNKNOWN, address, {"via": OIDC})
            write(connection, event, self._now())

    def open(self, account: AgentAccount, source: Source = NOWHERE, browser: str = "", via: str = PASSWORD,
             ) -> AgentSession:
        """A new session; its `token` and its `device` are told here and never again."""
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), self._now()
        new = {
            "token_hash": hash_of(token), "agent": account.id, "csrf": csrf, "created_at": now, "seen_at": now,
            "via": via, "address": source.address, "browser": browser,
        }
        device = self.tries.know(account.login, source)
        with transaction(self._engine) as connection:
            connection.execute(delete(sessions).where(self._is_over(now)))
            connection.execute(insert(sessions).values(new))
            signed_in = AuditEvent(Action.SIGN_IN, account.login, account.login, source.address, {"via": via})
            write(connection, signed_in, now)
        return AgentSession(hash_of(token), account, csrf, token, device, via)

    def find(self, token: str) -> AgentSession | None:
        """The session that `token` opens; `None` when it is over, or its agent is no more."""
        return self.still(hash_of(token))

    def still(self, session: str) -> AgentSession | None:
        """The session of this `id` as it is now, which keeps it alive; `None` when it is over."""
        now = self._now()
        query = (
            select(agents, sessions.c.csrf, sessions.c.via, sessions.c.seen_at.label("used_at"))
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
        return AgentSession(session, account_of(row), row["csrf"], via=row["via"])

    def close(self, session: AgentSession, address: str = "") -> None:
        """Sign out."""
        login = session.account.login
        with transaction(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == session.id))
            write(connection, AuditEvent(Action.SIGN_OUT, login, login, address), self._now())

    def of(self, account: AgentAccount) -> list[OpenSession]:
        """The sessions that an agent has now, the last used first."""
        with snapshot(self._engine) as connection:
            rows = connection.execute(self._open_ones(account).order_by(sessions.c.seen_at.desc())).mappings()
            return [OpenSession(row["token_hash"], row["via"], row["address"], row["browser"], row["created_at"],
                                row["seen_at"]) for row in rows]

    def end_others(self, session: AgentSession, which: str | None = None, address: str = "") -> int:
        """End the agent's other sessions, or of these the one of the id `which`; how many ended."""
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
    """What is stored of a token: it has 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
