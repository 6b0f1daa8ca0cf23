"""The audit log: who signed in, changed an account or erased a person's data, from where and when.

An event holds no secret and no personal data except logins and IP addresses. The event of an erasure holds the number
of deleted rows by table, never the person's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

# Actors without a login: an operator at the command line, Kilat itself, and a person who typed an unknown login.
SHELL, SYSTEM, UNKNOWN = "shell", "system", "unknown"


class Action(str, Enum):
    """What was done; the value is what the store holds."""

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
    """An event: `actor` did `action` to `subject`."""

    action: Action
    actor: str  # a login, `SHELL`, `SYSTEM` or `UNKNOWN`
    subject: str = ""  # a login, or another name
    address: str = ""  # the client's IP address, if there is one
    details: Mapping[str, Any] = field(default_factory=dict)  # JSON


@dataclass(frozen=True)
class AuditEntry:
    """A stored event."""

    id: int  # grows with each entry
    at: datetime  # UTC
    event: AuditEvent


@dataclass(frozen=True)
class AuditQuery:
    """A filter: an entry must meet every condition that is given."""

    person: str = ""  # the actor or the subject
    action: Action | None = None
    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive


class Audit(Protocol):
    """The audit log. Every method raises `StoreUnavailable`."""

    def record(self, event: AuditEvent) -> None:
        """Add an event with the current time."""

    def read(self, query: AuditQuery, *, before: int | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The entries that match `query`, the newest first, at most `limit`; with `before`, only ids below it."""

    def forget(self, before: datetime) -> int:
        """Delete the entries from before `before`; returns their number."""
