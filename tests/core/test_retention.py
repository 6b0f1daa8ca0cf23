"""For how long records are kept, as an operator writes it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.core.errors import ConfigurationError
from bot.core.retention import RetentionPeriods, parse_keep

NOW = datetime(2026, 11, 29, tzinfo=timezone.utc)


@pytest.mark.parametrize(("raw", "keep"), [
    ("", RetentionPeriods()), (" , ", RetentionPeriods()), ("conversations=30", RetentionPeriods(conversations=30)),
    (" tickets = 0 ,files=forever,", RetentionPeriods(tickets=0, files=None)),
    ("feedback=0,audit=36500", RetentionPeriods(feedback=0, audit=36_500))])
def test_what_is_written(raw: str, keep: RetentionPeriods) -> None:
    """What is not named is as it is without."""
    assert parse_keep(raw) == keep


@pytest.mark.parametrize(("raw", "said"), [
    ("90", "'90' is none of conversations, tickets, files, feedback, audit"), ("Files=90", "'Files'"),
    ("files=90;feedback=3", "files=90;feedback=3: neither"), ("files=", "files=: neither"),
    ("files=-1", "files=-1: neither"), ("files=1.5", "files=1.5: neither"), ("files=९०", "neither"),
    ("files=36501", "neither"), ("files=90d", "neither"), ("files=never", "neither"),
    ("files=1,feedback=2,files=3", "files stands there twice"),
    ("files=1,misses=2", "misses is no kind of record any more. Write feedback=2 instead")])
def test_what_is_wrong(raw: str, said: str) -> None:
    """It is refused, and says what may stand there."""
    with pytest.raises(ConfigurationError) as refused:
        parse_keep(raw)
    assert said in str(refused.value)


def test_since() -> None:
    """What is older goes; for ever, nothing does; of nothing, everything."""
    keep = RetentionPeriods(conversations=30, files=None, feedback=0)
    assert keep.since("conversations", NOW) == NOW - timedelta(days=30)
    assert keep.since("files", NOW) is None
    assert keep.since("feedback", NOW) == NOW
