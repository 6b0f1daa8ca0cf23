"""Tickets on their way to a desk and back: each once, none lost, none in another's way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from ticket_desk import FORM, FakeDesk, file_ticket, replies
from waiting import wait_until
from web_client import FakeBot, Plain

from bot.bootstrap import build
from bot.core.conversation import Agent
from bot.core.errors import StoreUnavailable
from bot.settings import Settings
from bot.web import app as web


@pytest.fixture
def http(desk_http: TestClient) -> TestClient:
    """A client of the gateway before the desk."""
    return desk_http


def test_there_and_back(visitor_of_desk: Any, desk: FakeDesk, token: Any) -> None:
    """The desk gets the ticket with its papers; a reply comes into the conversation, with the ticket's number."""
    client = visitor_of_desk(identity_token=token("premier:admin:business"))
    client.send("say", text="Suaranya putus-putus 😀")
    number = file_ticket(client)
    ticket, ticket_export = wait_until(lambda: desk.taken.get(number))
    assert (ticket.draft.subject, ticket.number) == ("Suara putus", number)
    assert "Suaranya putus-putus 😀" in ticket_export.transcript and number in ticket_export.file
    assert (
        ticket_export.may_write
        and ticket_export.first_response_due_at
        and ticket_export.receipt
        and "P2: " in ticket_export.receipt.text)
    desk.write(number, "Sudah <b>kami</b> periksa")
    [entry] = wait_until(lambda: replies(client))
    assert (entry["author"], entry["kind"], entry["name"], entry["ticket"]) == ("agent", "text", "Budi", number)
    assert entry["text"] == "Sudah <b>kami</b> periksa"


def test_half_a_character(visitor_of_desk: Any, desk: FakeDesk, token: Any) -> None:
    """As what was cut by its length leaves it: it breaks no conversation."""
    client = visitor_of_desk(identity_token=token("premier:admin:business"))
    number = file_ticket(client)
    desk.write(number, "Sudah \ud83d", "Budi\ud83d")
    [entry] = wait_until(lambda: replies(client))
    assert (entry["text"], entry["name"]) == ("Sudah", "Budi")


def test_replies_that_are_told_again(visitor_of_desk: Any, desk: FakeDesk) -> None:
    """Each comes once and in order, whatever the desk forgets; after the last one nobody asks any more."""
    desk.forgetful = True
    client = visitor_of_desk()
    number = file_ticket(client)
    for text in ("satu", "dua", "tiga"):
        desk.write(number, text)
    wait_until(lambda: len(replies(client)) >= 3)
    asked = len(desk.asked)
    wait_until(lambda: len(desk.asked) > asked + 2)
    desk.over.add(number)
    wait_until(lambda: _is_quiet(desk))
    assert [entry["text"] for entry in replies(client)] == ["satu", "dua", "tiga"]


def test_the_store_fails_after_the_desk_has_done_it(visitor_of_desk: Any, desk: FakeDesk, http: TestClient,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the desk and the note that it is done: done again, it is still once."""
    tickets = http.app.state.ticket_sync._tickets  # type: ignore[attr-defined]
    failures = iter(range(4))

    def failing(real: Callable[..., None]) -> Callable[..., None]:
        def call(*args: Any, **more: Any) -> None:
            if next(failures, None) is not None:
                raise StoreUnavailable("told to")
            real(*args, **more)

        return call

    monkeypatch.setattr(tickets, "sent", failing(tickets.sent))
    monkeypatch.setattr(tickets, "save_reply_cursor", failing(tickets.save_reply_cursor))
    client = visitor_of_desk()
    number = file_ticket(client)
    desk.write(number, "satu")
    desk.over.add(number)
    wait_until(lambda: number in desk.asked and _is_quiet(desk))
    assert [entry["text"] for entry in replies(client)] == ["satu"]
    assert desk.tries.count(number) > 1 and len(desk.taken) == 1


def test_one_ticket_fails(visitor_of_desk: Any, desk: FakeDesk) -> None:
    """The others go on, there and back; it goes when it can."""
    client = visitor_of_desk()
    desk.broken.add("KLT-000001")
    first, second = file_ticket(client), file_ticket(visitor_of_desk(), subject="Video")
    wait_until(lambda: second in desk.taken and desk.tries.count(first) > 1)
    assert first not in desk.taken
    desk.broken.clear()
    wait_until(lambda: first in desk.taken)
    desk.broken.add(second)
    desk.write(first, "satu")
    wait_until(lambda: replies(client))


def test_a_reply_after_the_end(visitor_of_desk: Any, desk: FakeDesk, http: TestClient) -> None:
    """It stands in the conversation all the same, unread, and is there when the visitor comes back."""
    client = visitor_of_desk()
    number = file_ticket(client)
    wait_until(lambda: number in desk.taken)
    client.send("end")
    state = next(frame for frame in client.events() if frame["type"] == "state")
    assert state["status"] == "closed"
    last = max(frame["entry"]["seq"] for frame in client.events() if frame["type"] == "entry")
    client.send("read", seq=last)
    assert http.get("/v1/unread", headers=client.headers).json() == {"unread": 0}
    desk.write(number, "Sudah beres")
    wait_until(lambda: replies(client))
    assert http.get("/v1/unread", headers=client.headers).json() == {"unread": 1}
    again = Plain(http, client.key)
    assert again.hello()["entries"][-1]["text"] == "Sudah beres"
    assert again.key == client.key


def test_a_reply_is_no_first_response_of_a_case(visitor_of_desk: Any, desk: FakeDesk, http: TestClient,
                                                token: Any) -> None:
    """The clock of a case that an agent has goes on: a ticket's reply is another matter."""
    client = visitor_of_desk(identity_token=token("premier:admin:business"))
    number = file_ticket(client)
    client.send("say", text="Manusia", payload="/talk_to_human")
    gateway = http.app.state.gateway  # type: ignore[attr-defined]
    [case] = wait_until(lambda: gateway.cases.waiting([1, 2]))
    http.portal.call(lambda: gateway.case_actions.take(case.conversation_id, Agent("a-1", "Ani")))  # type: ignore[union-attr]
    desk.write(number, "Dari tiket")
    wait_until(lambda: replies(client))
    [case] = gateway.cases.of_conversation(case.conversation_id)
    assert case.clocks.first_response_at is None


def test_webhooks(visitor_of_desk: Any, desk: FakeDesk, http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's own makes the worker look at once; others are refused."""
    http.app.state.ticket_sync._poll_seconds = 3600  # type: ignore[attr-defined]
    client = visitor_of_desk()
    number = file_ticket(client)
    wait_until(lambda: number in desk.taken)
    time.sleep(0.2)
    desk.write(number, "satu")
    assert http.post("/hooks/tickets", content=b"{}").status_code == 401
    assert http.post("/hooks/tickets", content=b"[]", headers={"X-Secret": "right"}).status_code == 401
    time.sleep(0.2)
    assert replies(client) == []
    assert http.post("/hooks/tickets", content=b"{}", headers={"X-Secret": "right"}).status_code == 204
    wait_until(lambda: replies(client))


def test_a_stranger_is_not_flooded(visitor_of_desk: Any, desk: FakeDesk, token: Any) -> None:
    """Of one address three tickets a day are written about; a verified one is its owner's."""
    numbers = [file_ticket(visitor_of_desk(), email="eve@example.com", subject=f"Tiket {n}") for n in range(5)]
    wait_until(lambda: len(desk.taken) == 5)
    assert [desk.taken[number][1].may_write for number in numbers] == [True, True, True, False, False]
    assert [desk.taken[number][1].receipt is not None for number in numbers] == [True, True, True, False, False]


def test_one_conversation_writes_to_few(visitor_of_desk: Any, desk: FakeDesk) -> None:
    """However many addresses somebody types into one conversation."""
    client = visitor_of_desk()
    numbers = []
    for number in range(4):
        client.send("ticket", values={**FORM, "email": f"eve{number}@example.com"})
        numbers.append(f"KLT-{number + 1:06d}")
    wait_until(lambda: len(desk.taken) == 4)
    assert [desk.taken[number][1].may_write for number in numbers] == [True, True, True, False]


def test_without_a_desk(web_settings: Settings, fake_bot: FakeBot, migrated_sqlite: Path, tmp_path: Path) -> None:
    """Tickets stay in SQL, and there is no webhook."""
    (tmp_path / "web.db").write_bytes(migrated_sqlite.read_bytes())
    app = web.create(build(web_settings), fake_bot)
    assert app.state.ticket_sync is None
    assert "/hooks/tickets" not in [getattr(route, "path", "") for route in app.routes]


def _is_quiet(desk: FakeDesk) -> bool:
    asked = len(desk.asked)
    asyncio.run(asyncio.sleep(0.3))
    return len(desk.asked) == asked
