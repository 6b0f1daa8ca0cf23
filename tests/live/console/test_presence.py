"""Agents who are away, gone or signed out: what happens to their cases, and to their consoles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot.adapters.sql.engine import now_in_milliseconds
from bot.live.console.console_hub import ConsoleHub
from bot.web.console.sessions import COOKIE


def later(desk: ConsoleHub, monkeypatch: pytest.MonkeyPatch, **time: float) -> None:
    """Let time pass, for those who ask how long somebody has been away."""
    monkeypatch.setattr(desk, "now", lambda: now_in_milliseconds() + timedelta(**time))


def presence(agent: Any, name: str) -> str:
    """Of a colleague, as shown last."""
    return str(next(person["presence"] for person in agent.shown("team")["agents"] if person["name"] == name))


def test_away(console: Any, visitor: Any, desk: ConsoleHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long: no new case comes, and one's own stay; the agent goes on answering."""
    budi, tono, sari = console("Budi"), console("Tono"), visitor()
    conversation_id = budi.take_next()
    budi.do("presence", presence="away")
    while presence(tono, "Budi") != "away":
        tono.next()
    rounds = count_rounds(desk, monkeypatch)
    while len(rounds) < 4:
        budi.news()
    budi.do("say", conversation=conversation_id, text="Sebentar, saya cek.")
    assert sari.until("entry", author="agent")["text"] == "Sebentar, saya cek."
    assert [row["conversation"] for row in budi.until_rows(1, "mine")] == [conversation_id]
    before = len(budi.seen)
    visitor()
    tono.shown("alert", kind="new_case")
    budi.news()
    assert not [frame for frame in budi.seen[before:] if frame.get("kind") == "new_case"]


def count_rounds(desk: ConsoleHub, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows each time it was looked who is absent, a day from now."""
    absent, seen = desk.agents.absent, list[object]()

    def counted(now: Any) -> Any:
        found = absent(now)
        seen.append(now)
        return found

    monkeypatch.setattr(desk.agents, "absent", counted)
    return seen


def test_a_console_that_stays_away(console: Any, visitor: Any, desk: ConsoleHub,
                                   monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed for longer than it may be: the cases go back with their turn, the visitor is told, and the note says that
    a clock did it. Who is there keeps theirs."""
    budi, tono, sari = console("Budi"), console("Tono"), visitor()
    conversation_id = budi.take_next()
    visitor()
    tono.take_next()
    budi.socket.close()
    monkeypatch.setattr("bot.live.console.presence.SEEN_SECONDS", 1000.0)
    later(desk, monkeypatch, seconds=91)
    monkeypatch.setattr(desk.agents, "absent", lambda now, whole=desk.agents.absent: [
        account for account in whole(now) if account.id == budi.id])
    assert sari.until("entry", event="transferred")
    while [row["conversation"] for row in tono.rows()] != [conversation_id]:
        tono.next()
    assert len(tono.rows("mine")) == 1
    notes = tono.open(conversation_id)["notes"]
    assert [note["kind"] for note in notes] == ["taken", "transferred"]
    assert (notes[1]["body"]["reason"], notes[1]["body"]["automatic"]) == ("away", True)
    assert tono.take_next() == conversation_id


def test_a_console_that_is_gone(console: Any, visitor: Any, desk: ConsoleHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline in the list at once; the cases stay for a while, for most come back."""
    budi, tono, sari = console("Budi"), console("Tono"), visitor()
    conversation_id = budi.take_next()
    budi.socket.close()
    while presence(tono, "Budi") != "offline":
        tono.next()
    assert not [frame for frame in sari.news() if frame["type"] == "state" and frame["status"] == "transferred"]
    again = console("Budi", session=budi.session)
    assert [row["conversation"] for row in again.welcome["mine"]["cases"]] == [conversation_id]
    again.socket.close()
    monkeypatch.setattr("bot.live.console.presence.SEEN_SECONDS", 1000.0)
    later(desk, monkeypatch, seconds=91)
    assert sari.until("state", status="transferred")


def test_who_is_there_is_heard_of(console: Any, visitor: Any, http: TestClient) -> None:
    """An open console is enough, however little the agent does."""
    budi = console("Budi")
    store = http.app.state.console_hub.agents  # type: ignore[attr-defined]
    first = store.get(budi.id).seen_at
    for _ in range(200):
        budi.news()
        if store.get(budi.id).seen_at > first:
            break
    assert store.get(budi.id).seen_at > first


@pytest.mark.parametrize("how", ["signed out", "deactivated", "too old"])
def test_a_session_that_ends(console: Any, agents: Any, http: TestClient, monkeypatch: pytest.MonkeyPatch,
                             how: str) -> None:
    """The console is closed, with the code that sends the browser to the login; and the agent is offline."""
    budi, tono = console("Budi"), console("Tono")
    sessions = http.app.state.agent_sessions  # type: ignore[attr-defined]
    if how == "signed out":
        sessions.close(budi.session)
    elif how == "deactivated":
        http.app.state.console_hub.agents.change("budi@example.com", is_active=False)  # type: ignore[attr-defined]
    else:
        ends = now_in_milliseconds() + timedelta(hours=13)
        monkeypatch.setattr(sessions, "_now", lambda: ends)
    with pytest.raises(WebSocketDisconnect) as gone:
        while True:
            budi.next()
    assert gone.value.code == 4401
    if how == "signed out":
        while presence(tono, "Budi") != "offline":
            tono.next()
        assert http.app.state.console_hub.agents.get(budi.id).presence == "offline"  # type: ignore[attr-defined]
        assert console("Budi").welcome["agent"]["presence"] == "online"


@pytest.mark.parametrize("headers", [{}, {"cookie": f"{COOKIE}=guessed"}])
def test_nobody(http: TestClient, headers: dict[str, str]) -> None:
    """Without a session there is no console, whatever is sent; the code says why."""
    with (
        http.websocket_connect("/agent/socket", headers=headers) as socket, pytest.raises(WebSocketDisconnect) as gone,
    ):
        socket.receive_text()
    assert gone.value.code == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8081"])
def test_another_origin(http: TestClient, sign_in: Any, origin: str) -> None:
    """A page of another origin gets nowhere, though the browser sends the cookie along."""
    headers = {"cookie": f"{COOKIE}={sign_in('Budi').token}", "host": "127.0.0.1:8080", "origin": origin}
    with pytest.raises(WebSocketDisconnect), http.websocket_connect("/agent/socket", headers=headers):
        pass
    headers["origin"] = "http://127.0.0.1:8080"
    with http.websocket_connect("/agent/socket", headers=headers) as socket:
        socket.send_text('{"type": "ping", "request": "1"}')
        assert socket.receive_json() == {"type": "pong", "request": "1"}


def test_before_hello(console: Any, http: TestClient, sign_in: Any) -> None:
    """Nothing but hello and ping; and nothing is shown."""
    with http.websocket_connect("/agent/socket", headers={"cookie": f"{COOKIE}={sign_in('Budi').token}"}) as socket:
        socket.send_text('{"type": "next", "request": "1"}')
        assert socket.receive_json()["code"] == "no_session"
