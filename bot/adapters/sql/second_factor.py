"""Agents' second factor in SQL: time-based one-time passwords (TOTP, RFC 6238), and recovery codes for a lost phone.

TOTP secrets are encrypted with a key derived from the internal secret, so a copy of the database alone yields no codes.
Recovery codes are hashed and need no key: they work even after the internal secret was lost.
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
# A phone's clock may be wrong by this many steps.
DRIFT = 1
RECOVERY_CODES = 10
# Bytes of an AES-GCM nonce.
_NONCE = 12
# A recovery code has 120 random bits, so a plain hash is enough, and no letters and digits that look alike.
_SIGNS, _GROUPS, _GROUP = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 6, 4


@dataclass(frozen=True)
class Checked:
    """The result of a code."""

    is_right: bool = False
    locked_until: datetime | None = None  # until then, even a right code is refused
    was_recovery: bool = False  # True: a recovery code was used
    left: int = 0  # recovery codes left, after one was used


class SqlSecondFactor:
    """Turns the second factor on and off and checks codes. Every method raises `StoreUnavailable`. `key` is the
    internal secret; `failed` records a wrong attempt (`SqlAgentSessions.failed`)."""

    def __init__(self, engine: Engine, key: str, failed: Callable[..., None],
                 now: Callable[[], datetime] = now_in_milliseconds) -> None:
        self._engine = engine
        self._cipher = _cipher_of(key)
        self._failed = failed
        self._now = now
        self._tries = SqlLoginAttempts(engine, now)

    def enable(self, session: AgentSession, secret: str, code: str, address: str = "") -> tuple[str, ...]:
        """Turn the second factor on with a `secret` of `new_secret`, and end the agent's other sessions. Returns the
        recovery codes, which only this result holds; () when `code` does not belong to `secret`."""
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
        """Replace the recovery codes; returns the new ones."""
        with transaction(self._engine) as connection:
            self._record(connection, Action.RECOVERY_RENEWED, account.login, account.login, address)
            return self._draw(connection, account)

    def disable(self, account: AgentAccount, by: str, address: str = "", keep: str = "") -> None:
        """Turn the second factor off, and end the agent's sessions except `keep`."""
        with transaction(self._engine) as connection:
            off = {"totp_secret": None, "totp_step": None}
            connection.execute(update(agents).where(agents.c.id == account.id).values(off))
            connection.execute(delete(recovery).where(recovery.c.agent == account.id))
            its, others = agent_sessions.c.agent == account.id, agent_sessions.c.token_hash != keep
            connection.execute(delete(agent_sessions).where(its, others))
            self._record(connection, Action.TOTP_DISABLED, by, account.login, address)

    def check(self, account: AgentAccount, typed: str, source: Source) -> Checked:
        """Check a TOTP or recovery code. Each code works once; the attempt is counted before the check."""
        return self._check(AttemptKind.CODE, account, typed, source, source.address)

    def confirm(self, session: AgentSession, typed: str, address: str = "") -> Checked:
        """As `check`, for a signed-in agent, before an action that a stolen session must not do."""
        return self._check(AttemptKind.CODE_AGAIN, session.account, typed, Source(session.id), address)

    def rekey(self, before: str) -> tuple[int, int]:
        """Encrypt the TOTP secrets anew after the internal secret has changed from `before`. Returns the number of
        secrets encrypted anew, and of those that neither key opens. May be repeated."""
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
        """The number of unused recovery codes."""
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
            logger.error("A second factor can't be read: KILAT_INTERNAL_SECRET has changed since it was turned on. "
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
        """The encrypted secret. It opens for this agent only, not in the row of another."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), agent.encode())).decode()

    def _step_of(self, secret: str | None, code: str, *, after: int) -> int | None:
        """The time step of `code`; `None` when it is not near the current step, or not after the step `after`."""
        if secret is None or not (code.isascii() and code.isdecimal() and len(code) == 6):
            return None
        now = int(self._now().timestamp()) // STEP_SECONDS
        totp = pyotp.HOTP(secret)
        near = [step for step in range(now - DRIFT, now + DRIFT + 1) if hmac.compare_digest(totp.at(step), code)]
        return next((step for step in near if step > after), None)

    def _draw(self, connection: Connection, account: AgentAccount) -> tuple[str, ...]:
        codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
        connection.execute(delete(recovery).where(recovery.c.agent == account.id))
        rows = [{"agent": account.id, "code_hash": hash_of(_bare(code))} for code in codes]
        connection.execute(insert(recovery), rows)
        return codes

    @staticmethod
    def _left(connection: Connection, account: AgentAccount) -> int:
        return len(connection.execute(select(recovery.c.code_hash).where(recovery.c.agent == account.id)).all())

    def _record(self, connection: Connection, action: Action, by: str, login: str, address: str) -> None:
        write(connection, AuditEvent(action, by, login, address), self._now())


def _cipher_of(key: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, b"kilat agents totp").derive(key.encode()))


def _opened(cipher: AESGCM, agent: str, stored: str) -> str | None:
    """An agent's secret, decrypted; `None` when another key encrypted it."""
    try:
        raw = base64.b64decode(stored, validate=True)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], agent.encode()).decode()
    except (InvalidTag, ValueError):
        return None


def new_secret() -> str:
    """A secret for an authenticator app: 160 random bits in base 32."""
    return pyotp.random_base32()


def uri_of(login: str, secret: str) -> str:
    """The `otpauth://` address in the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _bare(typed: str) -> str:
    """A code in capitals, without the characters that people put between its groups."""
    return "".join(sign for sign in typed[:100] if sign.isascii() and sign.isalnum()).upper()
