"""How long each kind of record is kept, and the parser of the operator's setting."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from bot.core.errors import ConfigurationError

FOREVER = "forever"
MOST_DAYS = 36_500


@dataclass(frozen=True)
class RetentionPeriods:
    """Days by kind of record; `None`: for ever."""

    conversations: int | None = 365  # closed ones, from the last entry on
    tickets: int | None = 730
    files: int | None = 90  # attachments of conversations
    feedback: int | None = 90  # questions for review (`bot.core.feedback`); 0: never stored
    audit: int | None = 400

    def since(self, kind: str, now: datetime) -> datetime | None:
        """Records of `kind` older than this time are deleted; `None`: no record is."""
        days: int | None = getattr(self, kind)
        return None if days is None else now - timedelta(days=days)


KINDS = tuple(field.name for field in fields(RetentionPeriods))
_RENAMED = {"misses": "feedback"}


def parse_keep(raw: str) -> RetentionPeriods:
    """Parse `conversations=365, files=forever`; a missing kind keeps its default. Raises `ConfigurationError`; the
    caller adds the setting's name."""
    keep, seen = RetentionPeriods(), set[str]()
    for part in (part.strip() for part in raw.split(",") if part.strip()):
        kind, _, days = (word.strip() for word in part.partition("="))
        if kind in _RENAMED:
            raise ConfigurationError(f"{kind} is no kind of record any more. Write {_RENAMED[kind]}={days} instead")
        if kind not in KINDS:
            raise ConfigurationError(f"{kind!r} is none of {', '.join(KINDS)}. Write such as conversations=365")
        if kind in seen:
            raise ConfigurationError(f"{kind} stands there twice. Keep one")
        if days != FOREVER and not (days.isascii() and days.isdecimal() and int(days) <= MOST_DAYS):
            raise ConfigurationError(f"{kind}={days}: neither a whole number of days (0 to {MOST_DAYS}) nor {FOREVER}")
        seen.add(kind)
        keep = replace(keep, **{kind: None if days == FOREVER else int(days)})
    return keep
