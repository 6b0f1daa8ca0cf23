"""The desk's opening hours: weekly hours in a time zone, and holidays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.core.errors import ConfigurationError

ALWAYS = "24x7"
# Days. The search for the next opening ends here.
FARTHEST = 400
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(?P<days>[a-z,-]+) (?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d) (?P<zone>\S+)", re.I)
_EXAMPLE = "Mon-Fri 08:00-17:00 Asia/Jakarta; Sat 09:00-12:00 Asia/Jakarta"


@dataclass(frozen=True)
class Span:
    """The same opening hours on some days of the week."""

    days: frozenset[int]  # Monday is 0
    opens: int  # minutes since local midnight
    closes: int  # minutes, 1440: the end of the day; at or before `opens`: on the next day
    zone: ZoneInfo

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """Opening and closing time (UTC) of the hours that begin on `day`; `None`: `day` is not in `days`."""
        if day.weekday() not in self.days:
            return None
        last = day if self.closes > self.opens else day + timedelta(days=1)
        return self._at(day, self.opens, fold=0), self._at(last, self.closes, fold=1)

    def _at(self, day: date, minutes: int, fold: int) -> datetime:
        """Local time as UTC. Of a local time that occurs twice, `fold` 0 takes the first and 1 the second."""
        days, rest = divmod(minutes, 24 * 60)
        wall = time(*divmod(rest, 60), fold=fold, tzinfo=self.zone)
        return datetime.combine(day + timedelta(days=days), wall).astimezone(timezone.utc)


@dataclass(frozen=True)
class Hours:
    """The desk's opening hours."""

    spans: tuple[Span, ...] = ()  # empty: always open
    holidays: frozenset[date] = field(default_factory=frozenset)  # dates in each span's own zone

    @property
    def zone(self) -> str:
        """The IANA name of the first span's zone; `UTC` when always open."""
        return self.spans[0].zone.key if self.spans else "UTC"

    def is_open(self, now: datetime) -> bool:
        """True when the desk is open at `now`."""
        return not self.spans or any(opens <= now < closes for opens, closes in self._near(now, 1))

    def next_opening(self, now: datetime) -> datetime | None:
        """The next opening (UTC) of a desk closed at `now`; `None`: open now, or no opening within `FARTHEST` days."""
        if self.is_open(now):
            return None
        coming = (opens for opens, closes in self._near(now, FARTHEST) if now < opens < closes)
        return min(coming, default=None)

    def _near(self, now: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """(opening, closing) in UTC of all hours that begin between yesterday and `days` from now."""
        for span in self.spans:
            today = now.astimezone(span.zone).date()
            for number in range(-1, days + 1):
                day = today + timedelta(days=number)
                hours = None if day in self.holidays else span.on(day)
                if hours:
                    yield hours


def parse_hours(text: str, holidays: str = "") -> Hours:
    """Parse `KILAT_DESK_HOURS` (`text`) and `KILAT_DESK_HOLIDAYS`. Raises `ConfigurationError`, which names the wrong
    setting."""
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
