"""Agents' accounts and presence in SQL. `agent_sessions` signs agents in."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Select

from bot.adapters.sql.audit import write
from bot.adapters.sql.engine import execute, fetch, now_in_milliseconds, transaction
from bot.adapters.sql.login_attempts import SqlLoginAttempts
from bot.adapters.sql.tables import agent_sessions, agents, cases
from bot.core.case import CaseState
from bot.core.errors import KilatError
from bot.core.logins import as_login
from bot.ports import Action, AgentAccount, Agents, AuditEvent
from bot.ports.audit import SHELL
from bot.ports.queue import PRESENCES

ONLINE, AWAY, OFFLINE = PRESENCES
# Without a sign of life for this long, a console is closed.
UNHEARD = timedelta(seconds=90)
# These end an agent's sessions.
_ENDING = {Action.PASSWORD_CHANGED, Action.ROLE_CHANGED, Action.ACCOUNT_REMOVED}
# The process's log masks what looks like a number, so an agent's id has none.
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_CHANGEABLE = ("name", "role", "tiers", "languages", "capacity", "password_hash", "oidc_subject", "is_active")


class AccountProblem(KilatError):
    """An account can't be added or changed; the message says why."""


class SqlAgents(Agents):
    """`Agents` in SQL, and the administration of accounts. An agent is absent after `absent_after` of silence."""

    def __init__(
        self, engine: Engine, now: Callable[[], datetime] = now_in_milliseconds, absent_after: timedelta = UNHEARD
    ) -> None:
        self._engine = engine
        self._now = now
        self._absent_after = absent_after
        self._tries = SqlLoginAttempts(engine, now)

    def get(self, agent: str) -> AgentAccount | None:
        return next(iter(self._all(select(agents).where(agents.c.id == agent))), None)

    def find(self, login: str) -> AgentAccount | None:
        """The agent with this login, in any case. Logins outside ASCII, from earlier versions, can't sign in any more,
        but are found here, so that they can be changed."""
        return next(iter(self._all(select(agents).where(agents.c.login == (as_login(login) or login)))), None)

    def all(self) -> list[AgentAccount]:
        return self._all(select(agents).order_by(agents.c.name, agents.c.id))

    def seen(self, agent: str, presence: str | None = None) -> None:
        """See `Agents`; raises `ValueError` for an unknown presence."""
        values: dict[str, Any] = {"seen_at": self._now()}
        if presence is not None:
            if presence not in PRESENCES:
                raise ValueError(f"{presence!r} is no presence")
            values["presence"] = presence
        execute(self._engine, update(agents).where(agents.c.id == agent).values(values))

    def absent(self, now: datetime) -> list[AgentAccount]:
        has_cases = select(cases.c.id).where(cases.c.agent == agents.c.id, cases.c.state == CaseState.TAKEN.value)
        is_unheard = or_(agents.c.seen_at.is_(None), agents.c.seen_at < now - self._absent_after)
        return self._all(select(agents).where(has_cases.exists(), is_unheard).order_by(agents.c.id))

    def add(self, account: AgentAccount, password_hash: str | None) -> AgentAccount:
        """Store a new account with a new `id`. Without a password, it opens by OpenID Connect only. Raises
        `AccountProblem` when the login is taken or is no e-mail address."""
        login = as_login(account.login)
        if login is None:
            raise AccountProblem(f"{account.login!r} is no e-mail address in plain letters (ASCII)")
        new = {
            "id": secrets.token_hex(8).translate(_LETTERS), "login": login, "name": account.name, "role": account.role,
            "tiers": list(account.tiers), "languages": list(account.languages), "capacity": account.capacity,
            "password_hash": password_hash, "presence": OFFLINE, "is_active": True, "created_at": self._now()}
        try:
            with transaction(self._engine) as connection:
                connection.execute(insert(agents).values(new))
                event = AuditEvent(Action.ACCOUNT_ADDED, SHELL, login, details={"role": account.role})
                write(connection, event, self._now())
        except IntegrityError as error:
            raise AccountProblem(f"there is an agent {login} already") from error
        return self._must(account.login)

    def change(self, login: str, *, by: str = SHELL, address: str = "", keep: str = "", **values: Any) -> AgentAccount:
        """Change `name`, `role`, `tiers`, `languages`, `capacity`, `password_hash`, `oidc_subject` or `is_active`. A
        new password, another role and a deactivation end all sessions except `keep`. `by` (a login, or the shell) and
        `address` are for the audit log. Raises `AccountProblem` when there is no such agent."""
        account = self._must(login)
        assert set(values) <= set(_CHANGEABLE), values
        stored = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        if stored.get("is_active") is False:
            stored["presence"] = OFFLINE
        events = _events(account, values)
        with transaction(self._engine) as connection:
            if stored:
                connection.execute(update(agents).where(agents.c.id == account.id).values(stored))
            if _ENDING & {action for action, _ in events}:
                its = and_(agent_sessions.c.agent == account.id, agent_sessions.c.token_hash != keep)
                connection.execute(agent_sessions.delete().where(its))
            for action, details in events:
                write(connection, AuditEvent(action, by, account.login, address, details), self._now())
        if "password_hash" in stored:
            self._tries.unlock(account.login)
        return self._must(login)

    def unlock(self, login: str) -> int:
        """Lift the agent's locks; returns their number. Raises `AccountProblem` when there is no such agent."""
        account = self._must(login)
        ended = self._tries.unlock(account.login)
        with transaction(self._engine) as connection:
            write(connection, AuditEvent(Action.UNLOCKED, SHELL, account.login), self._now())
        return ended

    def _must(self, login: str) -> AgentAccount:
        account = self.find(login)
        if account is None:
            raise AccountProblem(f"there is no agent {login}")
        return account

    def _all(self, query: Select) -> list[AgentAccount]:
        return [account_of(row) for row in fetch(self._engine, query)]


def _events(account: AgentAccount, values: Mapping[str, Any]) -> list[tuple[Action, dict[str, Any]]]:
    """The events of a change, as (action, details). The details name the other changed fields, without their values."""
    events: list[tuple[Action, dict[str, Any]]] = []
    if "password_hash" in values:
        events.append((Action.PASSWORD_CHANGED, {}))
    if values.get("role", account.role) != account.role:
        events.append((Action.ROLE_CHANGED, {"from": account.role, "to": values["role"]}))
    if values.get("is_active") is False:
        events.append((Action.ACCOUNT_REMOVED, {}))
    rest = sorted(set(values) - {"password_hash", "role"} - ({"is_active"} if not values.get("is_active") else set()))
    return [*events, *([(Action.ACCOUNT_CHANGED, {"fields": rest})] if rest else [])]


def account_of(row: Any) -> AgentAccount:
    """The account of a row."""
    return AgentAccount(
        row["id"], row["login"], row["name"], row["role"], tuple(row["tiers"]), tuple(row["languages"]),
        row["capacity"], row["presence"], row["seen_at"], row["is_active"],
        row["password_hash"] is not None, row["totp_secret"] is not None)
