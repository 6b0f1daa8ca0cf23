"""The store fails, an answer gets lost, anything at all is sent: nothing is lost, nothing is shown twice."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.conversation import Change, Changed
from bot.core.errors import StoreUnavailable
from bot.live.console.console_hub import ConsoleHub
from bot.live.gateway import Gateway

ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=6)
TYPES = ["hello", "presence", "next", "take", "assign", "open", "shut", "history", "say", "note", "typing", "read",
         "transfer", "give_back", "ticket", "close", "ping"]
# `HERE` becomes the id of a conversation that the agent has, `ME` the agent's own.
FIELDS: dict[str, Any] = {
    "protocol": st.just(1) | JSON, "presence": st.sampled_from(["online", "away", "offline"]) | JSON,
    "conversation": st.just("HERE") | JSON, "agent": st.just("ME") | JSON, "after": st.integers(-2, 99) | JSON,
    "before": st.integers(-2, 2**40) | JSON, "client_id": st.uuids().map(str) | st.just(ID) | JSON,
    "text": st.text(max_size=3000) | JSON, "on": st.booleans() | JSON, "seq": st.integers(-2, 2**40) | JSON,
    "tier": st.integers(-1, 3) | JSON, "reason": st.sampled_from(["solved", "spam"]) | st.text() | JSON,
    "values": st.dictionaries(st.sampled_from(["subject", "description", "email", "priority"]), st.text()) | JSON}
FRAMES = st.builds(
    lambda kind, request, fields: {"type": kind, "request": request, **fields}, st.sampled_from(TYPES) | st.text(),
    st.text(min_size=1, max_size=9) | JSON, st.fixed_dictionaries({}, optional=FIELDS)) | JSON


def test_what_is_not_stored_is_not_done(console: Any, visitor: Any, gateway: Gateway,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """The console hears that it may send it again; sent again, it is there once."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    write, fails = gateway.conversations.write, [True]

    def failing(changes: Sequence[Change]) -> list[Changed]:
        if fails[0]:
            raise StoreUnavailable("locked")
        return write(changes)

    monkeypatch.setattr(gateway.conversations, "write", failing)
    error = budi.ask_for("say", conversation=conversation_id, client_id=ID, text="Halo")
    assert (error["code"], error["client_id"], error["retry_after"]) == ("unavailable", ID, 2)
    fails[0] = False
    budi.do("say", conversation=conversation_id, client_id=ID, text="Halo")
    sari.until("entry", author="agent")
    assert not [frame for frame in sari.news() if frame["type"] == "entry"]


def test_an_answer_that_got_lost(console: Any, visitor: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored, but nobody knew: everybody sees it all the same, once, in its place."""
    budi, tono, sari = console("Budi"), console("Tono"), visitor()
    conversation_id = budi.take_next()
    tono.open(conversation_id)
    write, fails = gateway.conversations.write, iter([True])

    def failing(changes: Sequence[Change]) -> list[Changed]:
        done = write(changes)
        if next(fails, False):
            raise StoreUnavailable("the answer got lost")
        return done

    monkeypatch.setattr(gateway.conversations, "write", failing)
    assert budi.refused("say", conversation=conversation_id, client_id=ID, text="Halo") == "unavailable"
    assert sari.until("entry", author="agent")["text"] == "Halo"
    assert tono.until("entry", author="agent")["text"] == "Halo"
    budi.do("say", conversation=conversation_id, client_id=ID, text="Halo")
    assert len([f for f in [*budi.seen, *budi.news()] if f.get("entry", {}).get("client_id") == ID]) == 1


def test_a_board_that_cannot_be_read(console: Any, visitor: Any, desk: ConsoleHub,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    """What was shown stays until it can be read again; a case that came meanwhile shows then."""
    budi = console("Budi")
    cases = desk.gateway.cases
    read = cases.open

    def failing() -> Any:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(cases, "open", failing)
    visitor()
    assert budi.rows() == [] and budi.ask_for("ping")["type"] == "pong"
    monkeypatch.setattr(cases, "open", read)
    assert len(budi.until_rows(1)) == 1


@pytest.fixture
def talking(console: Any, visitor: Any) -> Any:
    """An agent and the conversation that they have: another one, when the last is theirs no more."""
    budi = console("Budi", capacity=1000)
    last = [""]

    def find() -> tuple[Any, str]:
        if budi.ask_for("say", conversation=last[0] or "none", text="Masih di sini?")["type"] == "error":
            visitor()
            last[0] = budi.take_next()
        return budi, last[0]

    return find


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(frames=st.lists(FRAMES, max_size=8))
def test_whatever_is_sent(talking: Any, log: io.StringIO, frames: list[Any]) -> None:
    """Each is answered, by exactly one frame; the console lives on, and nothing breaks inside."""
    budi, conversation_id = talking()
    for frame in frames:
        raw = json.dumps(frame).replace('"HERE"', f'"{conversation_id}"').replace('"ME"', f'"{budi.id}"')
        begin = len(budi.seen)
        budi.socket.send_text(raw)
        budi.ask_for("ping")
        assert len([f for f in budi.seen[begin:-1] if "request" in f]) == 1
    assert "could not" not in log.getvalue() and "Traceback" not in log.getvalue()
