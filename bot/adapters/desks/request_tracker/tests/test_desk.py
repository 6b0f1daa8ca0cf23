"""Request Tracker's behaviour, against a real one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from desks.ticket_driver import hand_over, read

from bot.adapters.desks.request_tracker.desk import RequestTrackerDesk
from bot.adapters.desks.request_tracker.settings import RequestTrackerSettings
from bot.adapters.desks.request_tracker.tests.driver import RequestTrackerDriver, open_driver
from bot.adapters.desks.request_tracker.tests.real_server import Rt
from bot.core.errors import WebhookRefused
from bot.ports import Ticket

pytestmark = pytest.mark.long


@pytest.fixture
def rt(start_once: Callable[..., Any]) -> Rt:
    """The Request Tracker of all tests."""
    server: Rt = start_once(Rt)
    return server


@pytest.fixture
def people(request: pytest.FixtureRequest) -> RequestTrackerDriver:
    """The agents there."""
    return open_driver(request)


def test_a_ticket_that_was_merged(rt: Rt, people: RequestTrackerDriver, ticket: Callable[..., Ticket]) -> None:
    """Replies on the other ticket, before and after the merge, are not for this visitor."""
    one, other = hand_over(people, ticket(1), ticket(2, email="eve@example.com"))
    people.reply(one, "Untuk satu")
    people.reply(other, "Untuk dua")
    rt.ask("PUT", f"/ticket/{one}", {"MergeInto": int(other)}, user="root", password="password")
    people.reply(other, "Untuk dua juga")
    replies, _, is_over = read(people, one)
    assert ([reply.text for reply in replies], is_over) == (["Untuk satu"], True)
    assert [reply.text for reply in read(people, other)[0]] == ["Untuk dua", "Untuk dua juga"]


def test_a_reply_with_markup(rt: Rt, people: RequestTrackerDriver, ticket: Callable[..., Ticket]) -> None:
    """RT's editor writes HTML; the visitor gets plain text."""
    [ref] = hand_over(people, ticket())
    content = {"Content": "<p>Halo &lt;b&gt; <b>dunia</b></p><script>x</script>", "ContentType": "text/html"}
    rt.ask("POST", f"/ticket/{ref}/correspond", content)
    assert [reply.text for reply in read(people, ref)[0]] == ["Halo <b> dunia"]


@pytest.mark.parametrize(("secret", "given", "is_theirs"), [
    ("s3cret", "Bearer s3cret", True), ("s3cret", "Bearer S3cret", False), ("s3cret", "", False),
    (None, "Bearer ", False), (None, "Bearer None", False), ("s3cret", "Bearer é", False)])
def test_calls_of_request_tracker(secret: str | None, given: str, is_theirs: bool) -> None:
    """Only webhooks with the secret count; without a secret, none."""
    desk = RequestTrackerDesk(RequestTrackerSettings("http://rt.invalid", "token x", "General", secret))
    if is_theirs:
        desk.receive_webhook({"authorization": given}, b"")
    else:
        with pytest.raises(WebhookRefused):
            desk.receive_webhook({"authorization": given}, b"")
