"""The audit log: who signed in, changed an account or erased a person's data, from where and when.

An event holds no secret, and nothing personal but logins and addresses of machines; of an erased person it names the
kinds and numbers of what went, never who it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

# Actors who have no login: an operator at the command line, Kilat itself, and who gave a login that nobody has.
SHELL, SYSTEM, UNKNOWN = "shell", "system", "unknown"


class Action(str, Enum):
    """What an event tells of; the value is what is stored."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    SIGN_OUT = "sign_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"
    TOTP_ENABLED = "totp_enabled"
    TOTP_DISABLED = "totp_disabled"
    RECOVERY_USED = "recovery_used"
    RECOVERY_RENEWED = "recovery_renewed"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_REMOVED = "account_removed"
    ROLE_CHANGED = "role_changed"
    ERASED = "erased"
    EXPORTED = "exported"


@dataclass(frozen=True)
class AuditEvent:
    """`actor` did `action` to `subject` from `address`. `actor` is a login, `SHELL`, `SYSTEM` or `UNKNOWN`; `subject`
    is the login or the name of what was acted on; `address` is the client's, empty without one; `details` are JSON."""

    action: Action
    actor: str
    subject: str = ""
    address: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditEntry:
    """An event as it is stored: numbered in the order of writing, at a time (UTC)."""

    id: int
    at: datetime
    event: AuditEvent


@dataclass(frozen=True)
class AuditQuery:
    """Which entries to read: those that meet every condition given. `person` is the actor or the subject; `since` is
    the first moment, `until` the first moment after the last."""

    person: str = ""
    action: Action | None = None
    since: datetime | None = None
    until: datetime | None = None


class Audit(Protocol):
    """The audit log. Every method raises `StoreUnavailable` when the store does not answer."""

    def record(self, event: AuditEvent) -> None:
        """Add an event, at the time of now."""

    def read(self, query: AuditQuery, *, before: int | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The newest entries that `query` asks for, the newest first; only those with an id below `before`."""

    def forget(self, before: datetime) -> int:
        """Delete the entries that are older than `before`; how many."""
