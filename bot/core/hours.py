"""When the desk is open: weekly hours in a time zone, and holidays on which it stays closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.core.errors import ConfigurationError

ALWAYS = "24x7"
# After so many closed days in a row there is no next opening to tell.
FARTHEST = 400
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(?P<days>[a-z,-]+) (?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d) (?P<zone>\S+)", re.I)
_EXAMPLE = "Mon-Fri 08:00-17:00 Asia/Jakarta; Sat 09:00-12:00 Asia/Jakarta"


@dataclass(frozen=True)
class Span:
    """Hours of the same length on some days of the week (Monday is 0), by the wall clock of a zone. `closes` at or
    before `opens` is on the next day; both in minutes since midnight, 1440 being the end of the day."""

    days: frozenset[int]
    opens: int
    closes: int
    zone: ZoneInfo

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when (UTC) it is open by the hours that begin on `day`; `None` on another day of the week."""
        if day.weekday() not in self.days:
            return None
        last = day if self.closes > self.opens else day + timedelta(days=1)
        return self._at(day, self.opens, fold=0), self._at(last, self.closes, fold=1)

    def _at(self, day: date, minutes: int, fold: int) -> datetime:
        """A wall time that comes twice (the clocks go back) opens at the first and closes at the second."""
        days, rest = divmod(minutes, 24 * 60)
        wall = time(*divmod(rest, 60), fold=fold, tzinfo=self.zone)
        return datetime.combine(day + timedelta(days=days), wall).astimezone(timezone.utc)


@dataclass(frozen=True)
class Hours:
    """The desk's hours; without any `spans` it never closes. `holidays` are days of each span's own zone."""

    spans: tuple[Span, ...] = ()
    holidays: frozenset[date] = field(default_factory=frozenset)

    @property
    def zone(self) -> str:
        """The desk's own time zone."""
        return self.spans[0].zone.key if self.spans else "UTC"

    def is_open(self, now: datetime) -> bool:
        """Whether somebody should be there at `now`."""
        return not self.spans or any(opens <= now < closes for opens, closes in self._near(now, 1))

    def next_opening(self, now: datetime) -> datetime | None:
        """When a desk that is closed at `now` opens (UTC); `None` while it is open, or for longer than a year."""
        if self.is_open(now):
            return None
        coming = (opens for opens, closes in self._near(now, FARTHEST) if now < opens < closes)
        return min(coming, default=None)

    def _near(self, now: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """What began yesterday, begins today, or within `days`."""
        for span in self.spans:
            today = now.astimezone(span.zone).date()
            for number in range(-1, days + 1):
                day = today + timedelta(days=number)
                hours = None if day in self.holidays else span.on(day)
                if hours:
                    yield hours


def parse_hours(text: str, holidays: str = "") -> Hours:
    """The hours of `KILAT_DESK_HOURS` and the days of `KILAT_DESK_HOLIDAYS`; `ConfigurationError` names the one that
    is wrong."""
    closed = frozenset(_holiday(part.strip()) for part in holidays.split(",") if part.strip())
    if text.strip().lower() == ALWAYS:
        if closed:
            raise ConfigurationError(
                f"KILAT_DESK_HOLIDAYS: a day begins somewhere, and {ALWAYS} names no time zone. Write the hours as "
                "KILAT_DESK_HOURS=Mon-Sun 00:00-24:00 Asia/Jakarta")
        return Hours()
    spans = tuple(_span(part.strip()) for part in text.split(";") if part.strip())
    if not spans:
        raise ConfigurationError(f"KILAT_DESK_HOURS: {text!r} is never open. Write {_EXAMPLE}, or {ALWAYS}")
    return Hours(spans, closed)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(re.sub(r"\s+", " ", text))
    if found is None:
        raise ConfigurationError(f"KILAT_DESK_HOURS: {text!r} is not written as {_EXAMPLE}, or {ALWAYS}")
    opens, closes = _minutes(found["opens"], text), _minutes(found["closes"], text)
    if opens == closes or opens == 24 * 60:
        raise ConfigurationError(f"KILAT_DESK_HOURS: {text!r} is open at no time. All day is 00:00-24:00")
    return Span(_days(found["days"].lower(), text), opens, closes, _zone(found["zone"]))


def _days(text: str, whole: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ConfigurationError(f"KILAT_DESK_HOURS: {whole!r}: days are Mon, Tue, Wed, Thu, Fri, Sat, Sun")
        begin = _DAYS.index(first)
        length = (_DAYS.index(last or first) - begin) % 7
        days.update((begin + number) % 7 for number in range(length + 1))
    return frozenset(days)


def _minutes(text: str, whole: str) -> int:
    hours, minutes = int(text[:2]), int(text[3:])
    if minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise ConfigurationError(f"KILAT_DESK_HOURS: {text} in {whole!r} is no time of day (00:00 to 24:00)")
    return hours * 60 + minutes


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # `ZoneInfoNotFoundError`, or a name that is a path
        raise ConfigurationError(f"KILAT_DESK_HOURS: {name!r} is no time zone such as Asia/Jakarta") from error


def _holiday(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"KILAT_DESK_HOLIDAYS: {text!r} is no date such as 2027-01-01") from error
