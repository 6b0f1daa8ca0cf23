"""Opening hours: by the wall clock of a zone, through its changes of time, without holidays."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import ConfigurationError
from bot.core.hours import Hours, parse_hours

OFFICE = parse_hours("Mon-Fri 08:00-17:00 Asia/Jakarta; Sat 09:00-12:00 Asia/Jakarta", "2026-12-25, 2027-01-01")


def at(text: str, zone: str = "Asia/Jakarta") -> datetime:
    """A wall time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_always() -> None:
    """24x7 never closes, and has no next opening."""
    always = parse_hours("24x7")
    assert always == Hours() and always.zone == "UTC"
    assert always.is_open(at("2026-12-25 03:00")) and always.next_opening(at("2026-12-25 03:00")) is None


@pytest.mark.parametrize(("wall", "is_open", "opens"), [
    ("2026-11-23 07:59:59", False, "2026-11-23 08:00"),   # Monday
    ("2026-11-23 08:00", True, None), ("2026-11-23 16:59:59", True, None),
    ("2026-11-23 17:00", False, "2026-11-24 08:00"),
    ("2026-11-27 20:00", False, "2026-11-28 09:00"),      # Friday evening
    ("2026-11-28 12:00", False, "2026-11-30 08:00"),      # Saturday noon
    ("2026-11-29 10:00", False, "2026-11-30 08:00"),      # Sunday
    ("2026-12-24 18:00", False, "2026-12-26 09:00"),      # the day after is a holiday, a Friday
    ("2026-12-25 10:00", False, "2026-12-26 09:00")])
def test_office_hours(wall: str, is_open: bool, opens: str | None) -> None:
    """To the second, over weekends and holidays."""
    assert OFFICE.is_open(at(wall)) is is_open
    assert OFFICE.next_opening(at(wall)) == (at(opens) if opens else None)


def test_told_in_utc() -> None:
    """So that everybody's own zone can be told from it."""
    opens = OFFICE.next_opening(at("2026-11-22 23:00"))
    assert opens is not None and opens.isoformat() == "2026-11-23T01:00:00+00:00"
    assert OFFICE.zone == "Asia/Jakarta"


def test_through_the_night() -> None:
    """Hours that close on the next day belong to the day on which they begin, for holidays too."""
    night = parse_hours("Fri 22:00-06:00 Asia/Jakarta", "2026-11-28")
    assert night.is_open(at("2026-11-27 22:00")) and night.is_open(at("2026-11-28 05:59"))
    assert not night.is_open(at("2026-11-28 06:00")) and not night.is_open(at("2026-11-27 05:00"))


def test_hours_that_touch() -> None:
    """Several zones and spans: where one closes the other may open, and it was never closed."""
    sun = parse_hours("Mon-Sun 08:00-20:00 Asia/Jakarta; Mon-Sun 13:00-01:00 UTC")
    assert sun.is_open(at("2026-11-23 13:00", "UTC")) and sun.next_opening(at("2026-11-23 12:59", "UTC")) is None
    assert not parse_hours("Sat-Mon 00:00-24:00 UTC").is_open(at("2026-11-24 00:00", "UTC"))
    assert parse_hours("Sat-Mon 00:00-24:00 UTC").is_open(at("2026-11-23 23:59:59", "UTC"))


@pytest.mark.parametrize(("day", "opens", "closes"), [
    ("2026-03-28", "08:00", "16:00"),  # the day before: +01:00
    ("2026-03-29", "07:00", "15:00"),  # summer time begins: +02:00
    ("2026-10-24", "07:00", "15:00"),
    ("2026-10-25", "08:00", "16:00"),  # it ends
])
def test_summer_time(day: str, opens: str, closes: str) -> None:
    """By the wall clock, whatever it is in UTC."""
    berlin = parse_hours("Mon-Sun 09:00-17:00 Europe/Berlin")
    first, last = at(f"{day} {opens}", "UTC"), at(f"{day} {closes}", "UTC")
    assert berlin.next_opening(first - timedelta(seconds=1)) == first
    assert berlin.is_open(first) and berlin.is_open(last - timedelta(seconds=1)) and not berlin.is_open(last)


def test_a_night_with_one_hour_more() -> None:
    """Closing at a time that comes twice: at the second."""
    night = parse_hours("Sun 01:00-02:30 Europe/Berlin")
    assert night.is_open(at("2026-10-25 01:15", "UTC")) and not night.is_open(at("2026-10-25 01:30", "UTC"))


def test_closed_for_longer_than_a_year() -> None:
    """Nobody can be told a day."""
    first = datetime(2026, 1, 1).date()
    days = ",".join((first + timedelta(days=number)).isoformat() for number in range(500))
    assert parse_hours("Mon-Sun 08:00-17:00 UTC", days).next_opening(at("2026-01-01 12:00", "UTC")) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(lambda t: t.replace(tzinfo=timezone.utc)))
def test_it_opens_when_it_says(now: datetime) -> None:
    """At any time: either open, or open from the next opening on and not a second before."""
    for hours in (OFFICE, parse_hours("Mon,Wed-Thu 22:00-02:30 America/New_York")):
        opens = hours.next_opening(now)
        assert (opens is None) is hours.is_open(now)
        if opens is not None:
            assert hours.is_open(opens) and not hours.is_open(opens - timedelta(seconds=1)) and opens > now


@pytest.mark.parametrize(("text", "holidays", "named"), [
    ("", "", "KILAT_DESK_HOURS"), (";", "", "KILAT_DESK_HOURS"), ("always", "", "24x7"),
    ("Mon-Fri 8:00-17:00 UTC", "", "Mon-Fri 08:00"), ("Mon-Fri 08:00-17:00", "", "Asia/Jakarta"),
    ("Mon-Fri 08:00-25:00 UTC", "", "25:00"), ("Mon-Fri 08:60-17:00 UTC", "", "08:60"),
    ("Mon-Fri 08:00-08:00 UTC", "", "at no time"), ("Mon-Fri 24:00-08:00 UTC", "", "at no time"),
    ("Mo-Fr 08:00-17:00 UTC", "", "Mon, Tue"), ("Mon-Fri 08:00-17:00 Asia/Jakarto", "", "Asia/Jakarto"),
    ("Mon-Fri 08:00-17:00 ../etc", "", "time zone"), ("Mon-Fri 08:00-17:00 UTC", "25.12.2026", "KILAT_DESK_HOLIDAYS"),
    ("24x7", "2026-12-25", "KILAT_DESK_HOLIDAYS")])
def test_a_wrong_setting(text: str, holidays: str, named: str) -> None:
    """Named, with what to write."""
    with pytest.raises(ConfigurationError, match=named):
        parse_hours(text, holidays)
