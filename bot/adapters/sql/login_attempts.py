"""Limits wrong sign-in attempts, in SQL: counted by login and by source.

Each login has separate counts: one for each address, one for each known device, one for all strangers together. A known
device has the token that a sign-in left in its browser; a known address is one of an earlier sign-in. Attempts from
elsewhere never lock a known source. docs/decisions/0016 says why.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.engine import execute, now_in_milliseconds, transaction
from bot.adapters.sql.tables import sign_in_tries as tries

# Wrong attempts in a row that lock a source, and for how long.
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
# Time from the first wrong attempt of strangers within which their attempts count together.
STRANGERS_WINDOW = timedelta(hours=1)
ADDRESS_KNOWN_FOR = timedelta(days=30)
DEVICE_KNOWN_FOR = timedelta(days=180)
# Counts without a new attempt for this long are deleted.
KEPT = timedelta(days=1)
_INSERT: dict[str, Callable[..., Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class AttemptKind(Enum):
    """What is tried: its name, and how many wrong attempts of strangers lock the login for strangers."""

    PASSWORD = "password", 30
    CODE = "code", 10
    # The password or the code again, by a signed-in agent; the source is the session. Each kind has counts of its own:
    # a right password forgives wrong passwords only.
    CONFIRMATION = "confirmation", 10
    CODE_AGAIN = "code confirmation", 10

    @property
    def most_of_strangers(self) -> int:
        """The wrong attempts of strangers that lock the login for strangers."""
        return self.value[1]


@dataclass(frozen=True)
class Source:
    """The source of an attempt."""

    address: str = ""
    device: str = ""  # the device's token, if the browser sent one


NOWHERE = Source()


@dataclass(frozen=True)
class LoginAttempt:
    """A counted attempt, before it is checked."""

    locked_until: datetime | None = None  # the source is locked until then, whatever it tries
    locks_until: datetime | None = None  # if the attempt is wrong, the source is locked until then
    own: str = ""  # the key of the source's count
    all: str = ""  # the key of the strangers' count; "": a known source


class SqlLoginAttempts:
    """Counts attempts. Every method raises `StoreUnavailable`."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = now_in_milliseconds) -> None:
        self._engine = engine
        self._now = now

    def begin(self, kind: AttemptKind, login: str, source: Source) -> LoginAttempt:
        """Count an attempt before it is checked, so that parallel attempts count. Unknown logins are counted alike."""
        now = self._now()
        with transaction(self._engine) as connection:
            known = self._known(connection, login, source, now)
            key = _key(kind, login, known or _names(source)[-1])
            row = self._row(connection, key, login)
            everyone = "" if known else _key(kind, login, "strangers")
            rest = self._row(connection, everyone, login) if everyone else None
            locks = [found["locked_until"] for found in (row, rest) if found and found["locked_until"]]
            if standing := [until for until in locks if until > now]:
                return LoginAttempt(locked_until=max(standing))
            failures = 1 if row["locked_until"] else row["failures"] + 1
            until = now + LOCKED_FOR if failures >= MOST_FAILURES else None
            self._set(connection, key, failures=failures, locked_until=until, at=now)
            if rest is not None:
                is_new = rest["locked_until"] is not None or rest["at"] <= now - STRANGERS_WINDOW
                number, begun = (1, now) if is_new or not rest["failures"] else (rest["failures"] + 1, rest["at"])
                end = begun + STRANGERS_WINDOW if number >= kind.most_of_strangers else None
                self._set(connection, everyone, failures=number, locked_until=end, at=begun)
                until = max((each for each in (until, end) if each), default=None)
            return LoginAttempt(locks_until=until, own=key, all=everyone)

    def forgive(self, begun: LoginAttempt) -> None:
        """The attempt was right: reset the source's count, and take the attempt out of the strangers' count."""
        with transaction(self._engine) as connection:
            self._set(connection, begun.own, failures=0, locked_until=None)
            if begun.all:
                values = {"failures": tries.c.failures - 1, "locked_until": None}
                counted = and_(tries.c.key == begun.all, tries.c.failures > 0)
                connection.execute(update(tries).where(counted).values(values))

    def know(self, login: str, source: Source) -> str:
        """`login` has signed in from `source`: make its address and its device known. Returns the device's token: that
        of `source` if it was known, else a new one, because clients must not choose it."""
        now = self._now()
        with transaction(self._engine) as connection:
            named = self._known(connection, login, source, now).startswith(_DEVICE)
            device = source.device if named else secrets.token_urlsafe(32)
            for name in _names(Source(source.address, device)):
                key = _key(None, login, name)
                known_for = DEVICE_KNOWN_FOR if name.startswith(_DEVICE) else ADDRESS_KNOWN_FOR
                self._row(connection, key, login)
                self._set(connection, key, known_until=now + known_for, at=now)
        return device

    def unlock(self, login: str) -> int:
        """Reset all counts of `login`; returns the number of locks that this ends."""
        its = tries.c.login == _hash(login)
        with transaction(self._engine) as connection:
            ended = connection.execute(select(tries.c.key).where(its, tries.c.locked_until > self._now())).all()
            connection.execute(update(tries).where(its).values(failures=0, locked_until=None))
        return len(ended)

    def forget(self) -> int:
        """Delete outdated rows; returns their number. Rows that an attempt has locked stay until the next time."""
        now = self._now()
        over = and_(
            tries.c.at <= now - KEPT, or_(tries.c.locked_until.is_(None), tries.c.locked_until <= now),
            or_(tries.c.known_until.is_(None), tries.c.known_until <= now))
        old = select(tries.c.key).where(over).with_for_update(skip_locked=True)
        return execute(self._engine, delete(tries).where(tries.c.key.in_(old)))

    @staticmethod
    def _known(connection: Connection, login: str, source: Source, now: datetime) -> str:
        """The first known name of `source` for `login`; "" for a stranger."""
        for name in _names(source):
            known = select(tries.c.key).where(tries.c.key == _key(None, login, name), tries.c.known_until > now)
            if connection.execute(known).first():
                return name
        return ""

    def _row(self, connection: Connection, key: str, login: str) -> Any:
        """The row of `key`, inserted if it is missing, locked until the end of the transaction."""
        new = {"key": key, "login": _hash(login), "failures": 0, "at": self._now()}
        connection.execute(_INSERT[connection.dialect.name](tries).values(new).on_conflict_do_nothing())
        return connection.execute(select(tries).where(tries.c.key == key).with_for_update()).mappings().one()

    @staticmethod
    def _set(connection: Connection, key: str, **values: object) -> None:
        connection.execute(update(tries).where(tries.c.key == key).values(values))


_DEVICE = "device "


def _names(source: Source) -> list[str]:
    """The names by which `source` is counted: the device, if there is one, then the address."""
    return [*([f"{_DEVICE}{source.device}"] if source.device else []), f"address {source.address}"]


def _key(kind: AttemptKind | None, login: str, source: str) -> str:
    """The key of a count; without a kind, the key of a known source."""
    return _hash(f"{kind.value[0] if kind else 'known'}\n{login}\n{source}")


def _hash(text: str) -> str:
    """The table holds hashes only: a typed login may be a password."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
