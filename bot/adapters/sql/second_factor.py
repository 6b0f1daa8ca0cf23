"""Agents' second factor in SQL: time-based one-time passwords (RFC 6238), and recovery codes for a lost phone.

A secret is encrypted with a key that is derived from the internal secret, so that a copy of the database alone makes no
codes. Recovery codes are hashed and need no key: they work even after the internal secret was lost.
"""

from __future__ import annotations

import base64
import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.agent_sessions import AgentSession, hash_of
from bot.adapters.sql.audit import write
from bot.adapters.sql.engine import now_in_milliseconds, transaction
from bot.adapters.sql.login_attempts import AttemptKind, Source, SqlLoginAttempts
from bot.adapters.sql.tables import agent_recovery as recovery
from bot.adapters.sql.tables import agent_sessions, agents
from bot.ports import Action, AgentAccount, AuditEvent

logger = logging.getLogger(__name__)

ISSUER = "Kilat"
STEP_SECONDS = 30
# A phone's clock may be this many steps ahead or behind.
DRIFT = 1
RECOVERY_CODES = 10
# Bytes; AES-GCM's own.
_NONCE = 12
# 120 random bits, so that a plain hash is enough; without letters and digits that look alike.
_SIGNS, _GROUPS, _GROUP = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 6, 4


@dataclass(frozen=True)
class Checked:
    """Whether a code was right; `locked_until` when even a right one does not help; `was_recovery` for such a code,
    with how many are `left`."""

    is_right: bool = False
    locked_until: datetime | None = None
    was_recovery: bool = False
    left: int = 0


class SqlSecondFactor:
    """Turns the second factor on and off and checks codes. Every method raises `StoreUnavailable`. `key` is the
    internal secret; `failed` records a wrong try (`SqlAgentSessions.failed`)."""

    def __init__(self, engine: Engine, key: str, failed: Callable[..., None],
                 now: Callable[[], datetime] = now_in_milliseconds) -> None:
        self._engine = engine
        self._cipher = _cipher_of(key)
        self._failed = failed
        self._now = now
        self._tries = SqlLoginAttempts(engine, now)

    def enable(self, session: AgentSession, secret: str, code: str, address: str = "") -> tuple[str, ...]:
        """Turn it on with a `secret` of `new_secret`, if `code` is made of it: the recovery codes, told here and never
        again; nothing for a wrong code. Ends the agent's other sessions, which were begun without."""
        account = session.account
        step = self._step_of(secret, code, after=0)
        if step is None:
            return ()
        stored = {"totp_secret": self._closed(account.id, secret), "totp_step": step}
        with transaction(self._engine) as connection:
            connection.execute(update(agents).where(agents.c.id == account.id).values(stored))
            its, others = agent_sessions.c.agent == account.id, agent_sessions.c.token_hash != session.id
            connection.execute(delete(agent_sessions).where(its, others))
            self._record(connection, Action.TOTP_ENABLED, account.login, account.login, address)
            return self._draw(connection, account)

    def renew(self, account: AgentAccount, address: str = "") -> tuple[str, ...]:
        """New recovery codes; the old ones work no more."""
        with transaction(self._engine) as connection:
            self._record(connection, Action.RECOVERY_RENEWED, account.login, account.login, address)
            return self._draw(connection, account)

    def disable(self, account: AgentAccount, by: str, address: str = "", keep: str = "") -> None:
        """Turn it off; ends the agent's sessions but `keep`."""
        with transaction(self._engine) as connection:
            off = {"totp_secret": None, "totp_step": None}
            connection.execute(update(agents).where(agents.c.id == account.id).values(off))
            connection.execute(delete(recovery).where(recovery.c.agent == account.id))
            its, others = agent_sessions.c.agent == account.id, agent_sessions.c.token_hash != keep
            connection.execute(delete(agent_sessions).where(its, others))
            self._record(connection, Action.TOTP_DISABLED, by, account.login, address)

    def check(self, account: AgentAccount, typed: str, source: Source) -> Checked:
        """Whether `typed` is a code of now, or a recovery code; either works once. Tries are counted before."""
        return self._check(AttemptKind.CODE, account, typed, source, source.address)

    def confirm(self, session: AgentSession, typed: str, address: str = "") -> Checked:
        """As `check`, for somebody who has signed in, before something that a thief of the session must not do."""
        return self._check(AttemptKind.CODE_AGAIN, session.account, typed, Source(session.id), address)

    def rekey(self, before: str) -> tuple[int, int]:
        """The internal secret was `before`, and is another now: encrypt anew what was encrypted by that. How many
        were, and how many neither opens. Done again, it does what is left to do."""
        old, anew, lost = _cipher_of(before), 0, 0
        its = select(agents.c.id, agents.c.totp_secret).where(agents.c.totp_secret.is_not(None)).with_for_update()
        with transaction(self._engine) as connection:
            for agent, stored in connection.execute(its).all():
                if _opened(self._cipher, agent, stored) is not None:
                    continue
                secret = _opened(old, agent, stored)
                if secret is None:
                    lost += 1
                    continue
                closed = {"totp_secret": self._closed(agent, secret)}
                connection.execute(update(agents).where(agents.c.id == agent).values(closed))
                anew += 1
        return anew, lost

    def left(self, account: AgentAccount) -> int:
        """How many recovery codes are left."""
        with transaction(self._engine) as connection:
            return self._left(connection, account)

    def _check(self, kind: AttemptKind, account: AgentAccount, typed: str, source: Source, address: str) -> Checked:
        begun = self._tries.begin(kind, account.login, source)
        if begun.locked_until is not None:
            return Checked(locked_until=begun.locked_until)
        with transaction(self._engine) as connection:
            checked = self._checked(connection, account, _bare(typed), address)
        if checked.is_right:
            self._tries.forgive(begun)
            return checked
        self._failed(account.login, begun, address, step=kind.value[0])
        return Checked(locked_until=begun.locks_until)

    def _checked(self, connection: Connection, account: AgentAccount, typed: str, address: str) -> Checked:
        its = agents.c.id == account.id
        row = connection.execute(select(agents).where(its, agents.c.is_active).with_for_update()).mappings().first()
        if row is None or row["totp_secret"] is None:
            return Checked()
        secret = _opened(self._cipher, account.id, row["totp_secret"])
        if secret is None:
            logger.error("A second factor can't be read: KILAT_INTERNAL_SECRET is another than when it was turned on. "
                         "Recovery codes work; for all: kilat agents totp rekey; for one: kilat agents totp reset")
        step = self._step_of(secret, typed, after=row["totp_step"])
        if step is not None:
            connection.execute(update(agents).where(its).values(totp_step=step))
            return Checked(is_right=True)
        used = delete(recovery).where(recovery.c.agent == account.id, recovery.c.code_hash == hash_of(typed))
        if connection.execute(used).rowcount == 0:
            return Checked()
        left = self._left(connection, account)
        event = AuditEvent(Action.RECOVERY_USED, account.login, account.login, address, {"left": left})
        write(connection, event, self._now())
        return Checked(is_right=True, was_recovery=True, left=left)

    def _closed(self, agent: str, secret: str) -> str:
        """What is stored of a secret. It opens for its own account alone: in another's row it is of no use."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), agent.encode())).decode()

    def _step_of(self, secret: str | None, code: str, *, after: int) -> int | None:
        """The time step that `code` belongs to, if it is near and later than the one that was used last."""
        if secret is None or not (code.isascii() and code.isdecimal() and len(code) == 6):
            return None
        now = int(self._now().timestamp()) // STEP_SECONDS
        totp = pyotp.HOTP(secret)
        near = [step for step in range(now - DRIFT, now + DRIFT + 1) if hmac.compare_digest(totp.at(step), code)]
        return next((step for step in near if step > after), None)

    def _draw(self, connection: Connection, account: AgentAccount) -> tuple[str, ...]:
        codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
        connection.execute(delete(recovery).where(recovery.c.agent == account.id))
        connection.execute(insert(recovery), [
            {"agent": account.id, "code_hash": hash_of(_bare(code))} for code in codes])
        return codes

    @staticmethod
    def _left(connection: Connection, account: AgentAccount) -> int:
        return len(connection.execute(select(recovery.c.code_hash).where(recovery.c.agent == account.id)).all())

    def _record(self, connection: Connection, action: Action, by: str, login: str, address: str) -> None:
        write(connection, AuditEvent(action, by, login, address), self._now())


def _cipher_of(key: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, b"kilat agents totp").derive(key.encode()))


def _opened(cipher: AESGCM, agent: str, stored: str) -> str | None:
    """The secret of an agent; `None` when another key closed it."""
    try:
        raw = base64.b64decode(stored, validate=True)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], agent.encode()).decode()
    except (InvalidTag, ValueError):
        return None


def new_secret() -> str:
    """A secret for an authenticator app: 160 random bits in base 32."""
    return pyotp.random_base32()


def uri_of(login: str, secret: str) -> str:
    """What the QR code says: `otpauth://…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _bare(typed: str) -> str:
    """A code without what people put between its groups, in capitals."""
    return "".join(sign for sign in typed[:100] if sign.isascii() and sign.isalnum()).upper()
