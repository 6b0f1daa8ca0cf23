"""A desk with opening hours, as its visitors see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from fakes import FakeClock
from web_client import Client

from bot.core.hours import parse_hours
from bot.live import ttl_cache
from bot.live.gateway import Gateway
from bot.settings import Settings

SUNDAY, MONDAY = (datetime(2026, 11, day, 5, 0, tzinfo=timezone.utc) for day in (22, 23))


@pytest.fixture
def web_settings(web_settings: Settings) -> Settings:
    """Open on weekdays, in Jakarta."""
    return replace(web_settings, desk_hours=parse_hours("Mon-Fri 08:00-17:00 Asia/Jakarta"))


@pytest.fixture
def web_clock(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Sunday noon, there; what is asked is found out anew each time."""
    clock.time = SUNDAY
    monkeypatch.setattr(ttl_cache, "SECONDS", 0.0)
    return clock


@pytest.mark.parametrize(("page", "opens"), [
    ({}, "Senin, 23 November pukul 08.00 WIB"), ({"timezone": "Asia/Jayapura"}, "Senin, 23 November pukul 10.00.")])
def test_closed_then_open(connect: Any, token: Any, gateway: Gateway, clock: FakeClock, page: dict[str, str],
                          opens: str) -> None:
    """On Sunday nobody is queued, and it is said when it opens, by the visitor's own clock where it is known; on Monday
    the same visitor is queued, and the ways on have changed their order."""
    client: Client = connect()
    welcome = client.hello(identity_token=token("premier:admin:business"), page=page)
    options = [option["type"] for option in welcome["state"]["contact_options"]]
    assert options[0] == "ticket_form" and "agent_queue" in options[1:]
    answer = client.ask("Bicara dengan manusia", payload="/talk_to_human")
    assert opens in answer["text"] and "card" not in answer
    assert [button["payload"] for button in answer["buttons"]] == ["/create_ticket"]
    assert gateway.cases.open() == [] and gateway.cases.place(welcome["conversation"]) is None
    clock.time = MONDAY
    state = client.hello(identity_token=token("premier:admin:business"))["state"]
    assert state["status"] == "bot" and state["contact_options"][0]["type"] == "agent_queue"
    assert client.ask("Bicara dengan manusia", payload="/talk_to_human")["card"]["type"] == "queue"
    assert client.until("state", status="queued")["queue"]["position"] == 1
